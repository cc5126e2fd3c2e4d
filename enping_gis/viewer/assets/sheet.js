"use strict";
/* Rows for spreadsheets: cells that a spreadsheet would take for a formula are marked as text. */
(function (/** @type {any} */ Enping) {
  const BEGINS_FORMULA = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

  /** @param {unknown} value @returns {string} */
  function safeText(value) {
    const words = value === undefined || value === null ? "" : String(value);
    return BEGINS_FORMULA.test(words.trimStart()) || BEGINS_FORMULA.test(words) ? "'" + words : words;
  }

  /** @param {unknown} value @returns {string} */
  function cell(value) {
    const words = typeof value === "number" ? String(value) : safeText(value);
    return /[",\r\n]/.test(words) ? '"' + words.replace(/"/g, '""') + '"' : words;
  }

  /** @param {unknown[][]} rows @returns {string} */
  function csv(rows) {
    return "\uFEFF" + rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
  }

  /** What is pasted: cells apart by tabs. */
  function pasted(rows) {
    const plain = (value) => (typeof value === "number" ? String(value) : safeText(value)).replace(/[\t\r\n]+/g, " ");
    return rows.map((row) => row.map(plain).join("\t")).join("\n");
  }

  /** @type {[string, (plot: any, page: any) => any][]} */
  const COLUMNS = [
    ["page.legend", (plot, page) => page.data.statuses[plot.status].label],
    ["page.id", (plot) => plot.id],
    ["page.name", (plot) => plot.name],
    ["page.town", (plot) => plot.town],
    ["page.unit", (plot) => plot.responsible],
    ["page.holder", (plot) => plot.holder],
    ["page.category", (plot) => plot.category],
    ["page.area_mu", (plot) => Number(plot.mu)],
    ["page.area_ha", (plot) => Number(plot.ha)],
    ["page.since_day", (plot) => plot.since],
    ["page.origin", (plot, page) => plot.tags.map((tag) => page.say("page.tag_" + tag)).join(" ")],
  ];

  /** Columns of the table and of what is copied; a public page has no holders. */
  function sheetColumns(page) {
    return COLUMNS.filter(([code]) => !(page.data.meta.isPublic && code === "page.holder"));
  }

  /** Day and notice first, then the head, then the plots. */
  function sheetOf(page, rows) {
    const columns = sheetColumns(page);
    const notice = document.querySelector(".notice");
    const first = [page.say("page.asof", { d: Enping.isoOf(page.view.day) }), notice ? notice.textContent : ""];
    const head = columns.map(([code]) => page.say(code));
    const cells = rows.map((row) => columns.map(([, value]) => value(page.data.plots[row], page)));
    return [first, head].concat(cells);
  }

  /** The chosen plots, or where none are, those that the filter lets through. */
  function wanted(page) {
    const chosen = page.basket.rows();
    return chosen.length ? chosen : Enping.shownRows(page);
  }

  function shownRows(page) {
    const all = Array.from({ length: page.data.table.length }, (_, row) => row);
    return page.view.mask ? all.filter((row) => page.view.mask[row]) : all;
  }

  async function copyRows(page) {
    const words = pasted(sheetOf(page, wanted(page)));
    const area = document.createElement("textarea");
    area.value = words;
    area.className = "hidden";
    document.body.append(area);
    area.select();
    // The newer way needs a secure origin, which a file on disk may not be.
    const done = document.execCommand("copy");
    area.remove();
    document.getElementById("said").textContent = page.say(done ? "page.copied" : "page.not_copied");
  }

  function downloadRows(page) {
    save(page, new Blob([csv(sheetOf(page, wanted(page)))], { type: "text/csv;charset=utf-8" }), "enping.csv");
  }

  function save(page, blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  Object.assign(Enping, { csv, pasted, safeText, sheetColumns, shownRows, copyRows, downloadRows, save });
})((globalThis.Enping = globalThis.Enping || {}));
