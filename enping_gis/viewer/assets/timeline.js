"use strict";
/* The strip below the map: a day to show, and a second one to set beside it. */
(function (/** @type {any} */ Enping) {
  const { element, button, swatch } = Enping;

  /** @param {any} page @returns {HTMLElement|null} nothing where nothing ever changed */
  function timeline(page) {
    const { say, view } = page;
    const ticks = ticksOf(page.data.table, view.last);
    if (!ticks.length) {
      return null;
    }
    const first = ticks[0].day - 1;
    const range = field("range", say("page.asof_slider"));
    Object.assign(range, { min: String(first), max: String(view.last), step: "1" });
    const typed = field("date", say("page.asof_date"));
    const now = button("now", say("page.asof_past"), () => view.asOf(Enping.isoOf(view.last)));
    const other = field("date", say("page.compare"));
    const moves = element("div", "moves");
    moves.setAttribute("role", "status");
    [typed, other].forEach((one) => Object.assign(one, { min: Enping.isoOf(first), max: Enping.isoOf(view.last) }));
    const go = (day) => view.asOf(Enping.isoOf(day));
    range.addEventListener("input", () => go(Number(range.value)));
    range.addEventListener("keydown", function (event) {
      const ahead = event.key === "ArrowRight" || event.key === "ArrowUp";
      if (!event.shiftKey && (ahead || event.key === "ArrowLeft" || event.key === "ArrowDown")) {
        event.preventDefault();
        const days = ticks.map((tick) => tick.day);
        const next = ahead ? days.find((day) => day > view.day) : days.reverse().find((day) => day < view.day);
        go(next === undefined ? (ahead ? view.last : first) : next);
      }
    });
    typed.addEventListener("change", () => Number.isFinite(Enping.dayOf(typed.value)) && view.asOf(typed.value));
    other.value = page.comparedTo || "";
    other.addEventListener("change", function () {
      page.comparedTo = other.value;
      update();
    });
    const update = function () {
      range.value = String(view.day);
      range.setAttribute("aria-valuetext", Enping.isoOf(view.day));
      typed.value = Enping.isoOf(view.day);
      now.hidden = view.isLatest();
      document.querySelector(".top .asof").textContent = say("page.asof", { d: Enping.isoOf(view.day) });
      document.body.classList.toggle("past", !view.isLatest());
      moves.replaceChildren(...moved(page, Enping.dayOf(other.value)));
    };
    view.follow(update);
    const box = element("section", "strip", null, [
      tickRow(ticks, first, view.last), range,
      element("div", "strip-row", null, [
        element("label", "", say("page.asof_date"), [typed]), now,
        element("label", "", say("page.compare"), [other]),
      ]),
      moves,
    ]);
    box.setAttribute("aria-label", say("page.strip"));
    update();
    return box;
  }

  function field(type, words) {
    const made = /** @type {HTMLInputElement} */ (element("input"));
    made.type = type;
    made.setAttribute("aria-label", words);
    return made;
  }

  /** Days on which a status changed, or plots were divided or merged. */
  function ticksOf(table, last) {
    const found = new Map(table.history.ticks().map((tick) => [tick.day, tick.count]));
    [table.validFrom, table.validTo].forEach((days) =>
      (days || []).forEach((day) => day && day - 1 <= last && found.set(day - 1, (found.get(day - 1) || 0) + 1))
    );
    return Array.from(found, ([day, count]) => ({ day, count })).sort((a, b) => a.day - b.day);
  }

  /** A stroke per day with changes; many on a spot make one that is darker. */
  function tickRow(ticks, first, last) {
    const canvas = /** @type {HTMLCanvasElement} */ (element("canvas", "ticks"));
    canvas.width = 600;
    canvas.height = 12;
    canvas.setAttribute("aria-hidden", "true");
    const pen = canvas.getContext("2d");
    pen.fillStyle = "rgba(27, 31, 36, 0.45)";
    ticks.forEach(function (tick) {
      const high = Math.min(12, 4 + 2 * tick.count);
      pen.fillRect(((tick.day - first) / Math.max(1, last - first)) * 598, 12 - high, 2, high);
    });
    return canvas;
  }

  /** What changed between the second day and the day shown. */
  function moved(page, day) {
    const { data, say, view } = page;
    const changes = Number.isFinite(day) ? changesOf(data.table, Math.min(day, view.day), Math.max(day, view.day)) : [];
    if (!Number.isFinite(day)) {
      return [];
    }
    const days = [day, view.day].sort((a, b) => a - b).map(Enping.isoOf);
    const title = element("p", "small", say("page.compare_title", { a: days[0], b: days[1] }));
    if (!changes.length) {
      return [title, element("p", "small", say("page.compare_none"))];
    }
    const rows = changes.map(function (change) {
      const [from, to] = [data.statuses[change.from], data.statuses[change.to]];
      const values = { n: Enping.grouped(change.rows.length), a: Enping.grouped(Enping.printed(Enping.muOf(change.cents), 2)) };
      const words = from.label + " → " + to.label + " " + say("page.compare_row", values);
      const one = button("move", "", () => page.basket.set(change.rows.map((row) => data.plots[row].id)));
      one.append(swatch(from), swatch(to), element("span", "", words));
      return element("li", "", null, [one]);
    });
    return [title, element("ul", "", null, rows)];
  }

  /**
   * @param {object} table
   * @param {number} before
   * @param {number} after
   * @returns {{from: number, to: number, rows: number[], cents: number}[]} in the order of statuses
   */
  function changesOf(table, before, after) {
    const [left, right] = [before, after].map((day) => table.history.statuses(day));
    const found = new Map();
    left.forEach(function (from, row) {
      const isThere = table.standsOn(row, before) && table.standsOn(row, after);
      if (isThere && from !== right[row]) {
        const key = from * 256 + right[row];
        const one = found.get(key) || { from: from, to: right[row], rows: [], cents: 0 };
        one.rows.push(row);
        one.cents += table.m2[row];
        found.set(key, one);
      }
    });
    return Array.from(found.values()).sort((a, b) => a.from - b.from || a.to - b.to);
  }

  Object.assign(Enping, { timeline, changesOf });
})((globalThis.Enping = globalThis.Enping || {}));
