"use strict";
/* The card of one finding, and the findings on the card of a plot. */
(function (/** @type {any} */ Enping) {
  const { element, swatch, button, findingMark, findingRow } = Enping;
  const MOST_HERE = 30;

  /**
   * Fill the card with one finding.
   * @param {HTMLElement} box
   * @param {object} page
   * @param {object} row
   * @param {object[]} here all findings of the mark that was clicked
   * @returns {HTMLElement} the title
   */
  function showFinding(box, page, row, here) {
    const { say, findings } = page;
    const severity = findings.data.severities[row.severity];
    box.replaceChildren();
    const close = button("close", "×", page.close);
    close.setAttribute("aria-label", say("page.close"));
    const title = element("h2", "card-title", findings.data.rules[row.rule].label);
    title.tabIndex = -1;
    box.append(element("div", "card-head", null, [title, close]));
    box.append(
      element("p", "card-status", null, [findingMark(severity), element("strong", "", severity.label)]),
      element("p", "finding-message", row.message),
      facts(page, row)
    );
    if (row.cure) {
      box.append(element("h3", "", say("page.finding_cure")), element("p", "finding-cure", row.cure));
    }
    concerned(box, page, row);
    if (!row.placed) {
      box.append(element("p", "card-notice", say("page.finding_unplaced")));
    } else if (row.onPlot >= 0) {
      box.append(element("p", "small", say("page.finding_on_plot")));
    }
    others(box, page, row, here);
    box.append(steps(page, row));
    return title;
  }

  function facts(page, row) {
    const list = element("dl", "facts");
    const fact = function (code, value) {
      if (value) {
        list.append(element("dt", "", page.say(code)), element("dd", "", value));
      }
    };
    fact("page.finding_size", row.size);
    fact("page.finding_tolerance", row.tolerance);
    fact("page.finding_field", row.field);
    fact("page.finding_value", row.value);
    return list;
  }

  function concerned(box, page, row) {
    const { say, data } = page;
    if (!row.plots.length && !row.elsewhere) {
      return;
    }
    box.append(element("h3", "", say("page.finding_plots")));
    const items = row.plots.map(function (i) {
      const plot = data.plots[i];
      const made = button("neighbour", "", () => page.goto(plot.id));
      made.append(
        swatch(data.statuses[plot.status]),
        element("span", "name", [plot.name, plot.id].filter(Boolean).join(" · ")),
        element("span", "num", Enping.grouped(plot.mu) + " " + say("page.mu"))
      );
      return element("li", "", null, [made]);
    });
    box.append(element("ul", "neighbours", null, items));
    if (row.elsewhere) {
      const ids = row.elsewhere.join(say("page.list_mark"));
      box.append(element("p", "small", say("page.finding_elsewhere", { v: ids })));
    }
  }

  /** What else stands at the mark that was clicked. */
  function others(box, page, row, here) {
    const rest = here.filter((each) => each !== row);
    if (rest.length) {
      const count = element("small", "", Enping.grouped(rest.length));
      const items = rest.slice(0, MOST_HERE).map((each) => element("li", "", null, [findingRow(page, each)]));
      box.append(element("h3", "", page.say("page.finding_here"), [count]), element("ul", "found", null, items));
    }
  }

  /** To the finding before and after, in the order of the panel. */
  function steps(page, row) {
    const { say, findings } = page;
    const shown = findings.shown();
    const place = shown.indexOf(row);
    const step = function (code, other) {
      const made = button("step", say(code), () => other && findings.goto(other.index));
      made.disabled = !other;
      return made;
    };
    const where = { i: Enping.grouped(place + 1), n: Enping.grouped(shown.length) };
    return element("div", "steps", null, [
      step("page.finding_previous", shown[place - 1]),
      element("span", "small", say("page.finding_at", where)),
      step("page.finding_next", shown[place + 1]),
    ]);
  }

  /** List the findings of a plot on its card. */
  function plotFindings(box, page, plot) {
    const { say, findings } = page;
    const rows = findings.byPlot.get(plot.index) || [];
    if (!rows.length) {
      return;
    }
    const sorted = rows.slice().sort((a, b) => a.severity - b.severity || a.rule - b.rule);
    const items = sorted.slice(0, MOST_HERE).map(function (row) {
      const severity = findings.data.severities[row.severity];
      const line = findingRow(page, row);
      line.prepend(findingMark(severity), element("span", "hidden", severity.label));
      const item = element("li", "", null, [line]);
      if (row.cure) {
        item.append(element("p", "small", say("page.finding_cure") + say("page.colon") + row.cure));
      }
      return item;
    });
    const count = element("small", "", Enping.grouped(rows.length));
    box.append(element("h3", "", say("page.findings"), [count]));
    box.append(element("ul", "found marked", null, items));
    if (rows.length > MOST_HERE) {
      box.append(element("p", "small", say("page.finding_left", { n: rows.length - MOST_HERE })));
    }
  }

  Object.assign(Enping, { showFinding, plotFindings });
})((globalThis.Enping = globalThis.Enping || {}));
