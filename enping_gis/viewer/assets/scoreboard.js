"use strict";
/* Units against their commitments, as they stood at the last count before the day shown. */
(function (/** @type {any} */ Enping) {
  const { element, button } = Enping;
  const SIGNS = { late: "▲", near: "○", ontime: "✓", met: "★", notset: "–" };

  /** @param {any} page @returns {HTMLElement|null} */
  function scoreboard(page) {
    const { data, say, view } = page;
    if (!(data.score || []).length) {
      return null;
    }
    const title = element("h2", "", say("page.score"));
    const list = element("ul", "scores");
    const box = element("section", "scoreboard", null, [title, list]);
    const update = function () {
      const now = Enping.isoOf(view.day);
      const score = data.score.filter((each) => each.day <= now).pop();
      const day = element("small", "", score ? say("page.score_day", { d: score.day, p: score.period }) : say("page.score_none"));
      title.replaceChildren(document.createTextNode(say("page.score")), day);
      const behind = (row) => Number(row.due || 0) - Number(row.done);
      const rows = score ? score.rows.slice() : [];
      rows.sort((a, b) => (a.place === "" ? -1 : b.place === "" ? 1 : behind(b) - behind(a)));
      list.replaceChildren(...rows.map((row) => line(page, row)));
    };
    view.follow(update);
    update();
    return box;
  }

  function line(page, row) {
    const one = button("score " + row.mark, "", () => (row.place ? page.gotoUnit(row.place) : page.fitAll()));
    const bar = element("span", "bullet");
    bar.setAttribute("aria-hidden", "true");
    const share = (value) => Math.min(100, (100 * Number(value)) / Number(row.committed || 1)) + "%";
    const done = element("i", "bullet-done");
    done.style.width = row.committed ? share(row.done) : "0";
    bar.append(done);
    if (row.due && row.committed) {
      const due = element("i", "bullet-due");
      due.style.left = share(row.due);
      bar.append(due);
    }
    const said = page.say("page.mark_" + row.mark);
    const figures = Enping.grouped(row.done) + (row.committed ? " / " + Enping.grouped(row.committed) : "");
    one.append(element("span", "name", row.label), bar, element("span", "num", SIGNS[row.mark] + " " + figures));
    one.title = said;
    one.setAttribute("aria-label", [row.label, said, figures + " " + page.say("page.mu")].join(" "));
    return element("li", "", null, [one]);
  }

  Enping.scoreboard = scoreboard;
})((globalThis.Enping = globalThis.Enping || {}));
