"use strict";
/* The legend, which is the filter by status, with figures of what the other filters leave. */
(function (/** @type {any} */ Enping) {
  const { element, swatch, button } = Enping;

  /** @param {any} page @returns {HTMLElement} */
  function legend(page) {
    const { data, say } = page;
    const table = element("table", "legend");
    const body = element("tbody");
    const rows = data.statuses.map((status) => row(page, status));
    const sum = line(element("th", "", say("total")));
    sum.tr.className = "sum";
    body.append(...order(data).map((i) => rows[i].tr), sum.tr);
    table.append(element("caption", "hidden", say("page.legend")), body);
    const update = function () {
      const { status, ...others } = page.view.asked;
      const left = Enping.maskOf(data, others, say("page.list_mark"));
      const { n, cents, count, total } = Enping.figuresOf(data.table, rows.length, left);
      const printed = figures(page, left, n, Enping.balanced(cents));
      const on = chosen(page);
      rows.forEach(function (one, i) {
        const isSeen = n[i] || printed[i] !== "0.00" || data.legend.some((each) => each.status === i);
        one.tr.hidden = !isSeen;
        one.n.textContent = Enping.grouped(n[i]);
        one.mu.textContent = Enping.grouped(printed[i]);
        one.box.checked = on.includes(data.statuses[i].code);
        one.tr.classList.toggle("off", !one.box.checked);
      });
      sum.n.textContent = Enping.grouped(count);
      const isPart = left !== data.table.standing || !page.view.isLatest();
      sum.mu.textContent = Enping.grouped(isPart ? Enping.printed(Enping.muOf(total), 2) : data.total.mu);
    };
    page.view.follow(update);
    update();
    return table;
  }

  /** What is not stated comes last. */
  function order(data) {
    const all = data.statuses.map((_, i) => i);
    return all.slice(1).concat(0);
  }

  /** On the last day, without a filter, the figures are those that were computed with the page. */
  function figures(page, left, n, mu) {
    const { data, view } = page;
    return mu.map(function (units, i) {
      const known = left === data.table.standing && view.isLatest() ? data.legend.find((each) => each.status === i) : null;
      if (known) {
        n[i] = known.n;
      }
      return known ? known.mu : Enping.printed(units, 2);
    });
  }

  function chosen(page) {
    const { status } = page.view.asked;
    return status === undefined ? page.data.statuses.map((each) => each.code) : [].concat(status);
  }

  function line(head) {
    head.scope = "row";
    const n = element("td", "num");
    const mu = element("td", "num");
    return { n: n, mu: mu, tr: element("tr", "", null, [head, n, mu]) };
  }

  function row(page, status) {
    const box = /** @type {HTMLInputElement} */ (element("input"));
    box.type = "checkbox";
    box.setAttribute("aria-label", status.label);
    box.addEventListener("change", function () {
      const on = chosen(page).filter((code) => code !== status.code);
      ask(page, box.checked ? on.concat(status.code) : on);
    });
    const only = button("only", status.label, function () {
      const on = chosen(page);
      ask(page, on.length === 1 && on[0] === status.code ? null : [status.code]);
    });
    only.title = page.say("page.only");
    // A finger hits the label around the box.
    const tick = element("label", "tick", null, [box]);
    const made = line(element("th", "", null, [tick, swatch(status), only]));
    return Object.assign(made, { box: box });
  }

  function ask(page, on) {
    const { status, ...others } = page.view.asked;
    const all = !on || on.length === page.data.statuses.length;
    page.view.filter(all ? others : Object.assign(others, { status: on }));
  }

  Enping.legend = legend;
})((globalThis.Enping = globalThis.Enping || {}));
