"use strict";
/* What if these plots were combined? Sums, whether they hang together, who is to be asked. */
(function (/** @type {any} */ Enping) {
  const { element, button } = Enping;
  const MOST = 40;
  const MOST_ROWS = 200;

  /** @param {HTMLElement} box @param {any} page @returns {HTMLElement} its title */
  function showBasket(box, page) {
    const { say, data } = page;
    const rows = page.basket.rows();
    box.replaceChildren();
    const close = button("close", "×", page.close);
    close.setAttribute("aria-label", say("page.close"));
    const title = element("h2", "card-title", say("page.basket"));
    title.tabIndex = -1;
    box.append(element("div", "card-head", null, [title, close]));
    if (!rows.length) {
      box.append(element("p", "small", say("page.basket_empty")));
      return title;
    }
    const sum = Enping.combined(data.table, page.contactsOf, rows);
    box.append(areas(page, sum), verdict(page, sum));
    if (rows.length > MOST) {
      box.append(element("p", "card-notice", say("page.err_basket")));
    }
    box.append(facts(page, sum));
    box.append(tools(page));
    box.append(element("ul", "plots basket-rows", null, rows.slice(0, MOST_ROWS).map((row) => line(page, row))));
    return title;
  }

  function areas(page, sum) {
    const say = page.say;
    const mu = Enping.printed(Enping.muOf(sum.cents), 2);
    const ha = Enping.printed(Math.floor((2 * sum.cents + 100) / 200), 4);
    const m2 = Enping.printed(sum.cents, 2);
    return element("p", "figure card-area", null, [
      element("b", "", Enping.grouped(mu)),
      element("span", "", " " + say("page.mu")),
      element("span", "more", Enping.grouped(ha) + " " + say("page.ha")),
      element("span", "more", Enping.grouped(m2) + " " + say("page.m2")),
      element("span", "more", page.count(sum.rows.length)),
    ]);
  }

  function verdict(page, sum) {
    const say = page.say;
    const within = page.data.meta.within;
    let words = say("page.joined");
    if (!sum.connected) {
      words = say("page.notjoined", { k: Enping.grouped(sum.parts.length), m: within });
    } else if (!sum.touching) {
      words = say("page.joined_road", { m: sum.widest.toFixed(1) });
    }
    const box = element("div", "verdict " + (sum.connected ? "yes" : "no"), (sum.connected ? "✓ " : "! ") + words);
    const name = (row) => page.data.plots[row].name || page.data.plots[row].id;
    sum.roads.slice(0, 6).forEach((road) => {
      const values = { a: name(road.row), b: name(road.other), m: road.gap };
      box.append(element("p", "small", say("page.road_between", values)));
    });
    if (!sum.connected) {
      sum.parts.slice(0, 6).forEach((part) => {
        const names = part.slice(0, 4).map(name).join(say("page.list_mark")) + (part.length > 4 ? "…" : "");
        box.append(element("p", "small", say("page.part", { v: names, n: Enping.grouped(part.length) })));
      });
    }
    return box;
  }

  function facts(page, sum) {
    const { say, data } = page;
    const list = element("dl", "facts");
    const put = (code, value) => list.append(element("dt", "", say(code)), element("dd", "", value));
    const m = (cm) => Enping.grouped(Enping.printed(cm, 2)) + " m";
    put("page.shared_sum", m(sum.sharedCm));
    put("page.perimeter", m(sum.perimeterCm));
    put("page.compactness", sum.compactness === null ? say("page.not_counted") : sum.compactness.toFixed(3));
    const tally = function (values) {
      const found = new Map();
      values.forEach((value) => found.set(value, (found.get(value) || 0) + 1));
      return Array.from(found).sort((a, b) => b[1] - a[1]);
    };
    const said = (pairs) => pairs.map(([value, n]) => value + (n > 1 ? " ×" + n : "")).join(say("page.list_mark"));
    const plots = sum.rows.map((row) => data.plots[row]);
    if (!data.meta.isPublic) {
      const holders = tally(plots.map((plot) => plot.holder || say("page.blank")));
      put("page.holder", Enping.grouped(holders.length) + say("page.colon") + said(holders));
      const blockers = plots.flatMap((plot) => (plot.blockers ? plot.blockers.split(say("page.list_mark")) : []));
      put("page.blockers", blockers.length ? said(tally(blockers)) : "—");
    }
    put("page.legend", said(tally(plots.map((plot) => data.statuses[plot.status].label))));
    const warned = plots.filter((plot) => ["producing", "disputed"].includes(data.statuses[plot.status].code));
    if (warned.length) {
      put("page.warned", said(warned.map((plot) => [plot.name || plot.id, 1])));
    }
    return list;
  }

  function tools(page) {
    const { say } = page;
    return element("div", "tools", null, [
      button("tool", say("page.copy"), () => Enping.copyRows(page)),
      button("tool", say("page.download"), () => Enping.downloadRows(page)),
      button("tool", say("page.basket_clear"), page.basket.clear),
    ]);
  }

  function line(page, row) {
    const plot = page.data.plots[row];
    const out = button("take-out", "×", () => page.basket.toggle(row));
    out.setAttribute("aria-label", page.say("page.basket_out", { v: plot.name || plot.id }));
    return element("li", "basket-row", null, [Enping.plotRow(page, plot), out]);
  }

  Enping.showBasket = showBasket;
})((globalThis.Enping = globalThis.Enping || {}));
