"use strict";
/* What happened to plots, as columns in the order of plots and days. */
(function (Enping) {
  const BASES = ["", "inferred", "synthetic"];

  class Events {
    /** @param {Enping.Columns} columns @param {number} plots */
    constructor(columns, plots) {
      const counts = columns.take("events") || new Int32Array(plots);
      this.first = new Uint32Array(plots + 1);
      for (let row = 0; row < plots; row += 1) {
        this.first[row + 1] = this.first[row] + counts[row];
      }
      ["Day", "Kind", "Actor", "Note", "Document", "Texts", "M2", "Mu", "Yuan", "Basis", "Undone"].forEach((name) => {
        this[name] = columns.take("event" + name);
      });
    }

    /**
     * @param {number} row
     * @param {number} day the last that counts
     * @returns {object[]} events of a plot, the oldest first; day NaN where no date is known
     */
    of(row, day) {
      const found = [];
      for (let at = this.first[row]; at < this.first[row + 1]; at += 1) {
        const on = this.Day[at] ? this.Day[at] - 1 : NaN;
        if (!(on > day)) {
          const words = (name) => this.Texts[this[name][at] - 1] || "";
          found.push({
            day: on, kind: this.Kind[at], basis: BASES[this.Basis[at]], isUndone: this.Undone[at] === 1,
            actor: words("Actor"), note: words("Note"), document: words("Document"),
            mu: this.M2[at] ? Enping.printed(this.Mu[at], 2) : "",
            yuan: this.Yuan[at] ? Enping.printed(this.Yuan[at], 2) : "",
          });
        }
      }
      return found;
    }
  }

  Enping.Events = Events;
})((globalThis.Enping = globalThis.Enping || {}));
