"use strict";
/* Days as whole numbers, and the standing of plots on each: everything here is pure. */
(function (/** @type {any} */ Enping) {
  const DAY_MS = 86400000;

  /** @param {string} iso @returns {number} days since 1970, NaN where it is no day */
  function dayOf(iso) {
    const isDay = /^\d{4}-\d{2}-\d{2}$/.test(iso);
    const ms = isDay ? Date.parse(iso + "T00:00:00Z") : NaN;
    // 30 February would be told as one of March.
    return Number.isFinite(ms) && new Date(ms).toISOString().slice(0, 10) === iso ? ms / DAY_MS : NaN;
  }

  /** @param {number} day @returns {string} */
  function isoOf(day) {
    return new Date(day * DAY_MS).toISOString().slice(0, 10);
  }

  /** The steps of all plots, by plot. */
  class History {
    /** @param {Enping.Columns} columns @param {number} plots */
    constructor(columns, plots) {
      const counts = columns.take("steps") || new Int32Array(plots);
      this.first = new Uint32Array(plots + 1);
      for (let row = 0; row < plots; row += 1) {
        this.first[row + 1] = this.first[row] + counts[row];
      }
      this.day = columns.take("stepDay") || new Int32Array(0);
      this.status = columns.take("stepStatus");
      this.since = columns.take("stepSince");
      this.partly = columns.take("stepPartly");
      this.m2 = columns.take("stepM2");
      this.mu = columns.take("stepMu");
    }

    /** @param {number} row @param {number} day @returns {number} step that holds then, or -1 */
    at(row, day) {
      let low = this.first[row];
      let high = this.first[row + 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.day[middle] <= day) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low > this.first[row] ? low - 1 : -1;
    }

    /** @returns {{day: number, count: number}[]} days with steps, in order */
    ticks() {
      const found = new Map();
      this.day.forEach((day) => found.set(day, (found.get(day) || 0) + 1));
      return Array.from(found, ([day, count]) => ({ day, count })).sort((a, b) => a.day - b.day);
    }

    /** Statuses of all plots on a day. @param {number} day @returns {Uint8Array} */
    statuses(day) {
      const found = new Uint8Array(this.first.length - 1);
      for (let row = 0; row < found.length; row += 1) {
        const step = this.at(row, day);
        found[row] = step < 0 ? 0 : this.status[step];
      }
      return found;
    }
  }

  Object.assign(Enping, { History, dayOf, isoOf });
})((globalThis.Enping = globalThis.Enping || {}));
