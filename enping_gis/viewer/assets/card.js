"use strict";
/* The card of one plot. */
(function (/** @type {any} */ Enping) {
  const { element, swatch, button } = Enping;

  /**
   * Fill the card with one plot.
   * @param {HTMLElement} box
   * @param {object} page words, data, contacts and what clicks do
   * @param {object} plot
   */
  function showCard(box, page, plot) {
    const say = page.say;
    box.replaceChildren();
    const close = button("close", "×", page.close);
    close.setAttribute("aria-label", say("page.close"));
    const title = element("h2", "card-title", plot.name || plot.id);
    title.tabIndex = -1;
    box.append(element("div", "card-head", null, [title, close]));
    const line = [plot.id, plot.town, say("page.responsible", { u: responsible(page, plot) })];
    box.append(element("p", "card-line", line.filter(Boolean).join(" · ")));
    box.append(statusLine(page, plot), areaBlock(page, plot));
    if (!page.data.meta.isPublic) {
      box.append(basketButton(page, plot));
    }
    box.append(facts(page, plot));
    if (page.findings) {
      Enping.plotFindings(box, page, plot);
    }
    if (!page.data.meta.isPublic) {
      neighbours(box, page, plot);
    }
    Enping.lifeOf(page, plot).forEach((each) => box.append(each));
    notices(page, plot).forEach((each) => box.append(element("p", "card-notice", each)));
    if (plot.source) {
      box.append(element("p", "card-source", say("page.source", { v: plot.source })));
    }
    return title;
  }

  function basketButton(page, plot) {
    const words = () => page.say(page.basket.has(plot.index) ? "page.basket_take" : "page.basket_add");
    const one = button("tool", words(), function () {
      page.basket.toggle(plot.index);
      one.textContent = words();
    });
    return one;
  }

  function responsible(page, plot) {
    return plot.responsible || page.data.meta.notStated;
  }

  function statusLine(page, plot) {
    const status = page.data.statuses[plot.status];
    const line = element("p", "card-status", null, [swatch(status), element("strong", "", status.label)]);
    if (plot.since) {
      const mark = plot.sinceBasis ? page.say("page.mark_" + plot.sinceBasis) : "";
      const values = { d: plot.since, b: mark, n: Enping.grouped(plot.days) };
      const code = plot.days === 1 ? "page.since_one" : "page.since";
      line.append(element("span", "since", page.say(code, values)));
    }
    plot.tags.forEach((tag) => line.append(element("span", "tag " + tag, page.say("page.tag_" + tag))));
    return line;
  }

  function areaBlock(page, plot) {
    const say = page.say;
    const block = element("div", "card-area");
    const figure = element("p", "figure", null, [
      element("b", "", Enping.grouped(plot.mu)),
      element("span", "", " " + say("page.mu")),
      element("span", "more", Enping.grouped(plot.ha) + " " + say("page.ha")),
      element("span", "more", Enping.grouped(plot.m2) + " " + say("page.m2")),
    ]);
    block.append(figure);
    let note = page.data.meta.method;
    if (plot.statedMu && plot.differenceMu) {
      const values = { a: Enping.grouped(plot.statedMu), d: plot.differenceMu };
      note += say("page.clause_mark") + say("page.ledger", values);
    }
    block.append(element("p", "small", note));
    if (plot.doneMu) {
      const values = { done: plot.doneMu, mu: Enping.grouped(plot.mu), rest: plot.restMu };
      block.append(element("p", "done", say("page.done", values)));
    }
    return block;
  }

  function facts(page, plot) {
    const say = page.say;
    const list = element("dl", "facts");
    const blank = say(plot.article ? "page.blank_article" : "page.blank");
    const row = function (code, value, needed) {
      if (value || needed) {
        list.append(element("dt", "", say(code)), element("dd", value ? "" : "blank", value || blank));
      }
    };
    const disposal = [plot.disposal, plot.mechanism].filter(Boolean).join(" · ");
    row("page.holder", plot.holder, !page.data.meta.isPublic);
    row("page.site", plot.site);
    row("page.town", plot.town);
    row("page.unit", responsible(page, plot));
    row("page.category", plot.category, true);
    row(plot.disposal ? "page.disposal" : "page.mechanism", disposal);
    row("page.blockers", plot.blockers);
    row("page.floor_area", plot.floorM2 && Enping.grouped(plot.floorM2) + " " + say("page.m2"));
    (plot.projects || []).forEach((project) => row("page.project", projectLine(page, project)));
    return list;
  }

  function projectLine(page, project) {
    const parts = [project.name];
    if (project.investor) {
      parts.push(page.say("page.investor", { v: project.investor }));
    }
    if (project.industry) {
      parts.push(project.industry);
    }
    if (project.yi) {
      parts.push(page.say("page.investment", { v: project.yi }));
    }
    return parts.filter(Boolean).join(page.say("page.comma"));
  }

  function neighbours(box, page, plot) {
    const say = page.say;
    const within = { m: page.data.meta.within };
    const head = element("h3", "", say("page.neighbours"), [
      element("small", "", say("page.neighbours_rule", within)),
    ]);
    const all = page.contactsOf(plot.index);
    const rows = all.filter((contact) => contact.kind !== "corner");
    box.append(head);
    if (rows.length) {
      box.append(element("ul", "neighbours", null, rows.map((contact) => neighbourRow(page, contact))));
    } else {
      box.append(element("p", "small", say("page.no_neighbours", within)));
    }
    if (all.length > rows.length) {
      box.append(element("p", "small", say("page.corner", { n: all.length - rows.length })));
    }
  }

  function neighbourRow(page, contact) {
    const other = page.data.plots[contact.other];
    const row = button("neighbour", "", () => page.goto(other.id));
    row.title = other.name || other.id;
    row.append(
      swatch(page.data.statuses[other.status]),
      element("span", "name", other.name || other.id),
      element("span", "num", Enping.grouped(other.mu) + " " + page.say("page.mu")),
      element("span", "num", contactWords(page, contact))
    );
    return element("li", "", null, [row]);
  }

  function contactWords(page, contact) {
    if (contact.kind === "overlap") {
      return page.say("page.overlap", { m: Enping.grouped(contact.overlap) });
    }
    return contact.kind === "across"
      ? page.say("page.across", { m: contact.gap })
      : page.say("page.shared", { m: Enping.grouped(contact.shared) });
  }

  function notices(page, plot) {
    const say = page.say;
    const named = (parts) =>
      parts.map((part) => say("page.basis_" + part)).join(say("page.list_mark"));
    const out = [];
    if (plot.begunOn) {
      out.push(say("page.begun_on", { d: plot.begunOn }));
    }
    if (plot.endedOn) {
      out.push(say("page.ended_on", { d: plot.endedOn }));
    }
    if (plot.tags.includes("synthetic")) {
      out.push(say("page.notice_synthetic"));
    } else if (plot.article && plot.generated) {
      out.push(say("page.notice_schematic", { v: named(plot.generated) }));
    } else if (plot.tags.includes("schematic")) {
      out.push(say("page.notice_shape"));
    }
    if (plot.inferred) {
      out.push(say("page.notice_inferred", { v: named(plot.inferred) }));
    }
    return out;
  }

  Enping.showCard = showCard;
})((globalThis.Enping = globalThis.Enping || {}));
