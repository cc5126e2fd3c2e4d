"use strict";
/* Which plots a filter lets through, and their figures by status: everything here is pure. */
(function (/** @type {any} */ Enping) {
  const listed = (value) =>
    value === undefined || value === null || value === "" ? [] : Array.isArray(value) ? value.map(String) : [String(value)];

  /** Letters as they are compared: full width as half width, capitals as small ones. */
  function plain(words) {
    return String(words).normalize("NFKC").toLowerCase().trim();
  }

  const SEARCHED = ["id", "name", "holder", "site", "town", "responsible"];

  /**
   * @param {object} plot
   * @param {string} wanted plain letters
   * @returns {boolean}
   */
  function matches(plot, wanted) {
    const said = (value) => value && plain(value).includes(wanted);
    return (
      SEARCHED.some((name) => said(plot[name])) ||
      (plot.projects || []).some((project) => said(project.name) || said(project.investor))
    );
  }

  /** Values of a coded column that a filter asks for, by the names that codes have. */
  function allowed(coded, wanted, names, mark) {
    const labels = new Set(wanted.map((each) => names[each] || each));
    return Uint8Array.from(coded.values, (value) =>
      String(value).split(mark).some((part) => labels.has(part)) ? 1 : 0
    );
  }

  /**
   * @param {object} data of the page: table, statuses, codes
   * @param {{status?: any, town?: any, category?: any, text?: string}} asked codes, names, or lists of them
   * @param {string} mark between the parts of a list
   * @returns {Uint8Array|null} 1 for each plot let through; where nothing is asked, those that
   *   stand, or null for all
   */
  function maskOf(data, asked, mark) {
    const { table, statuses, codes } = data;
    const status = listed(asked.status);
    const text = plain(asked.text || "");
    const coded = ["town", "category"].filter((name) => listed(asked[name]).length);
    if (asked.status === undefined && !coded.length && !text) {
      return table.standing || null;
    }
    const shown = statuses.map((each) => status.includes(each.code) || status.includes(each.label));
    const lists = coded.map((name) => [
      table.coded[name],
      allowed(table.coded[name], listed(asked[name]), (codes || {})[name] || {}, name === "category" ? mark : "\u0000"),
    ]);
    const mask = new Uint8Array(table.length);
    for (let row = 0; row < table.length; row += 1) {
      const isStatus = asked.status === undefined || shown[table.status[row]];
      const isListed = lists.every(([column, yes]) => {
        const at = column.codes ? column.codes[row] - 1 : row;
        return at >= 0 && yes[at];
      });
      mask[row] = (!table.standing || table.standing[row]) && isStatus && isListed && (!text || matches(table.plots[row], text)) ? 1 : 0;
    }
    return mask;
  }

  /** Hundredths of a mu that hundredths of a square metre make, half up. */
  function muOf(cents) {
    return Math.floor((6 * cents + 2000) / 4000);
  }

  /**
   * Round parts so that they add up to the rounded total: largest remainder, ties by place.
   * @param {number[]} parts in hundredths of m2
   * @returns {number[]} in hundredths of mu
   */
  function balanced(parts) {
    const total = muOf(parts.reduce((sum, each) => sum + each, 0));
    const exact = parts.map((each) => (each * 3) / 2000);
    const whole = exact.map(Math.floor);
    const order = parts.map((_, i) => i).sort((a, b) => exact[b] - whole[b] - (exact[a] - whole[a]) || a - b);
    const left = total - whole.reduce((sum, each) => sum + each, 0);
    order.slice(0, Math.max(0, left)).forEach((i) => (whole[i] += 1));
    return whole;
  }

  /**
   * Count plots and add their areas by status; what is done of a plot counts as done.
   * @param {object} table
   * @param {number} statuses how many there are
   * @param {Uint8Array|null} mask
   * @returns {{n: number[], cents: number[], count: number, total: number}} areas in hundredths of m2
   */
  function figuresOf(table, statuses, mask) {
    const n = new Array(statuses).fill(0);
    const cents = new Array(statuses).fill(0);
    let count = 0;
    let total = 0;
    for (let row = 0; row < table.length; row += 1) {
      if (!mask || mask[row]) {
        const done = table.partly && table.partly[row] ? table.doneM2[row] : 0;
        n[table.status[row]] += 1;
        cents[table.status[row]] += table.m2[row] - done;
        cents[table.meta.done] += done;
        count += 1;
        total += table.m2[row];
      }
    }
    return { n, cents, count, total };
  }

  Object.assign(Enping, { maskOf, figuresOf, balanced, muOf, matches, plain });
})((globalThis.Enping = globalThis.Enping || {}));
