"use strict";
/* What happened to plots, as columns in the order of plots and days. */
(function (/** @type {any} */ Enping) {
  const BASES = ["", "inferred", "synthetic"];

  class Events {
    /** @param {Enping.Columns} columns @param {number} plots */
    constructor(columns, plots) {
      /** @type {any} */
      this.told = {};
      const counts = columns.take("events") || new Int32Array(plots);
      this.first = new Uint32Array(plots + 1);
      for (let row = 0; row < plots; row += 1) {
        this.first[row + 1] = this.first[row] + counts[row];
      }
      ["Day", "Kind", "Actor", "Note", "Document", "Texts", "M2", "Mu", "Yuan", "Basis", "Undone"].forEach((name) => {
        this.told[name] = columns.take("event" + name);
      });
    }

    /**
     * @param {number} row
     * @param {number} day the last that counts
     * @returns {object[]} events of a plot, the oldest first; day NaN where no date is known
     */
    of(row, day) {
      const { told } = this;
      const found = [];
      for (let at = this.first[row]; at < this.first[row + 1]; at += 1) {
        const on = told.Day[at] ? told.Day[at] - 1 : NaN;
        if (!(on > day)) {
          const words = (name) => told.Texts[told[name][at] - 1] || "";
          found.push({
            day: on, kind: told.Kind[at], basis: BASES[told.Basis[at]], isUndone: told.Undone[at] === 1,
            actor: words("Actor"), note: words("Note"), document: words("Document"),
            mu: told.M2[at] ? Enping.printed(told.Mu[at], 2) : "",
            yuan: told.Yuan[at] ? Enping.printed(told.Yuan[at], 2) : "",
          });
        }
      }
      return found;
    }
  }

  Enping.Events = Events;
})((globalThis.Enping = globalThis.Enping || {}));
