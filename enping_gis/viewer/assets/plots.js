"use strict";
/* Plots as columns: what a plot says is looked up when it is asked, nothing is kept per plot. */
(function (/** @type {any} */ Enping) {
  // Texts that a plot may have, as the block calls them.
  const TEXTS = [
    "id", "name", "holder", "site", "town", "responsible", "unit", "source", "category", "disposal",
    "mechanism", "blockers", "floorM2", "since", "sinceBasis", "inferred", "generated", "article",
    "projects",
  ];
  const DAY_MS = 86400000;
  const DEPTH_STEPS = 16;
  const NO_TAGS = Object.freeze([]);

  /** Values of which each plot has one or none. */
  class Coded {
    /** @param {Enping.Columns} columns @param {string} name */
    constructor(columns, name) {
      this.values = columns.take(name + ".values") || [];
      /** The same values in the other language, where they are words. @type {any[]|null} */
      this.others = columns.take(name + ".other");
      const codes = columns.take(name + ".codes");
      /** Number of the value of each plot, from 1; 0 is none. Without codes, each has its own. */
      this.codes = codes && (this.values.length < 65535 ? Uint16Array.from(codes) : codes);
    }

    /** Say the values in the other language. */
    swap() {
      if (this.others) {
        [this.values, this.others] = [this.others, this.values];
      }
    }

    /** @param {number} row @returns {any} undefined where there is none */
    of(row) {
      return this.codes ? this.values[this.codes[row] - 1] : this.values[row];
    }

    /** @param {any} value @returns {number[]} rows that have it */
    rows(value) {
      const code = this.values.indexOf(value) + 1;
      const found = [];
      if (code && !this.codes) {
        found.push(code - 1);
      }
      for (let row = 0; code && this.codes && row < this.codes.length; row += 1) {
        if (this.codes[row] === code) {
          found.push(row);
        }
      }
      return found;
    }
  }

  /** All columns of the plots. */
  class PlotTable {
    /** @param {Enping.Columns} columns */
    constructor(columns) {
      const { meta } = columns.head;
      this.meta = meta;
      this.status = Uint8Array.from(columns.take("status"));
      this.length = this.status.length;
      /** @type {Object<string, Coded>} */
      this.coded = {};
      TEXTS.concat("tags", "line").forEach((name) => {
        this.coded[name] = new Coded(columns, name);
      });
      this.m2 = columns.take("m2");
      this.ha = columns.take("ha");
      this.mu = columns.take("mu");
      for (let row = 0; row < this.length; row += 1) {
        // Told by what they are off the square metres, which are in hundredths.
        this.ha[row] += Math.floor((2 * this.m2[row] + 100) / 200);
        this.mu[row] += Math.floor((6 * this.m2[row] + 2000) / 4000);
      }
      this.stated = columns.take("stated");
      this.statedLess = columns.take("statedLess");
      this.partly = columns.take("partly");
      this.doneM2 = columns.take("doneM2");
      this.doneMu = columns.take("doneMu");
      this.perimeter = columns.take("perimeter");
      this.history = new Enping.History(columns, this.length);
      this.events = new Enping.Events(columns, this.length);
      /** Days since the status came, plus one, on a day that is past. @type {Int32Array|null} */
      this.sinceThen = null;
      /** Plots that a filter lets through. @type {Uint8Array|null} */
      this.mask = null;
      this.validFrom = columns.take("validFrom");
      this.validTo = columns.take("validTo");
      /** Plots that stand on the day shown; all where no plot was divided or merged. @type {Uint8Array|null} */
      this.standing = null;
      this.asOfMs = Date.parse(meta.asOf + "T00:00:00Z");
      this.outlines = new Enping.Outlines(columns);
      this.place(columns);
      this.plots = Array.from({ length: this.length }, (_, row) => new Plot(this, row));
    }

    /** Let those plots stand that do on a day: from the first of theirs to before the last. @param {number} day */
    stand(day) {
      if (this.validFrom) {
        this.standing = Uint8Array.from(this.status, (_, row) => (this.standsOn(row, day) ? 1 : 0));
      }
    }

    /** @param {number} row @param {number} day @returns {boolean} */
    standsOn(row, day) {
      const { validFrom, validTo } = this;
      return !validFrom || ((!validFrom[row] || validFrom[row] - 1 <= day) && (!validTo[row] || validTo[row] - 1 > day));
    }

    /** @param {number} row @returns {boolean} */
    stands(row) {
      return !this.standing || this.standing[row] === 1;
    }

    /** @returns {number} how many plots stand */
    count() {
      return this.standing ? this.standing.reduce((sum, one) => sum + one, 0) : this.length;
    }

    /** Inner points, told from the middle of the boxes, and how deep inside they lie. */
    place(columns) {
      const { boxes } = this.outlines;
      const [atX, atY, depth] = ["atX", "atY", "depth"].map((name) => columns.take(name));
      this.x = new Int32Array(this.length);
      this.y = new Int32Array(this.length);
      this.depth = new Uint16Array(this.length);
      let next = 0;
      for (let row = 0; row < this.length; row += 1) {
        if (this.outlines.has(row)) {
          this.x[row] = Math.floor((boxes[4 * row] + boxes[4 * row + 2]) / 2) + atX[next];
          this.y[row] = Math.floor((boxes[4 * row + 1] + boxes[4 * row + 3]) / 2) + atY[next];
          this.depth[row] = depth[next];
          next += 1;
        }
      }
    }

    /**
     * What lies in a box, by inner points.
     * @returns {{count: number, areaM2: number}}
     */
    within(west, north, east, south) {
      const rows = this.rowsWithin(west, north, east, south);
      return { count: rows.length, areaM2: rows.reduce((sum, row) => sum + this.m2[row], 0) / 100 };
    }

    /** Rows whose inner points lie in a box, and which the filter lets through. */
    rowsWithin(west, north, east, south) {
      const found = [];
      for (let row = 0; row < this.length; row += 1) {
        const x = this.x[row];
        const y = this.y[row];
        const isThere = this.stands(row) && x >= west && x <= east && y >= north && y <= south;
        if (isThere && (!this.mask || this.mask[row]) && this.outlines.has(row)) {
          found.push(row);
        }
      }
      return found;
    }
  }

  /** Print a whole number of units of the last digit. */
  function printed(units, decimals) {
    const digits = String(Math.abs(units)).padStart(decimals + 1, "0");
    const at = digits.length - decimals;
    return (units < 0 ? "-" : "") + digits.slice(0, at) + "." + digits.slice(at);
  }

  /** One plot: its row, and names for what the columns say there. */
  class Plot {
    /** @param {PlotTable} table @param {number} index */
    constructor(table, index) {
      this.table = table;
      this.index = index;
    }

    get status() {
      return this.table.status[this.index];
    }

    get tags() {
      return this.table.coded.tags.of(this.index) || NO_TAGS;
    }

    get line() {
      return this.table.coded.line.of(this.index) || "surveyed";
    }

    get m2() {
      return printed(this.table.m2[this.index], 2);
    }

    get ha() {
      return printed(this.table.ha[this.index], 4);
    }

    get mu() {
      return printed(this.table.mu[this.index], 2);
    }

    get hasLedger() {
      return Boolean(this.table.stated && this.table.stated[this.index]);
    }

    get statedMu() {
      const { mu, statedLess } = this.table;
      return this.hasLedger ? printed(mu[this.index] + statedLess[this.index], 2) : undefined;
    }

    /** With its sign; a true minus lines up with the plus. */
    get differenceMu() {
      const less = this.hasLedger ? this.table.statedLess[this.index] : 0;
      return less ? (less < 0 ? "+" : "−") + printed(Math.abs(less), 2) : undefined;
    }

    get isPartly() {
      return Boolean(this.table.partly && this.table.partly[this.index]);
    }

    get doneStatus() {
      return this.isPartly ? this.table.meta.done : undefined;
    }

    get doneM2() {
      return this.isPartly ? this.table.doneM2[this.index] / 100 : undefined;
    }

    get doneMu() {
      return this.isPartly ? printed(this.table.doneMu[this.index], 2) : undefined;
    }

    /** What is left is what the two other figures leave. */
    get restMu() {
      const { mu, doneMu } = this.table;
      return this.isPartly ? printed(mu[this.index] - doneMu[this.index], 2) : undefined;
    }

    get days() {
      const { since } = /** @type {any} */ (this);
      const from = since ? Date.parse(since + "T00:00:00Z") : NaN;
      return since ? Math.round((this.table.asOfMs - from) / DAY_MS) : undefined;
    }

    /** The day from which on it stands no more. @returns {string|undefined} */
    get endedOn() {
      const day = this.table.validTo ? this.table.validTo[this.index] : 0;
      return day ? Enping.isoOf(day - 1) : undefined;
    }

    /** The day from which on it stands. @returns {string|undefined} */
    get begunOn() {
      const day = this.table.validFrom ? this.table.validFrom[this.index] : 0;
      return day ? Enping.isoOf(day - 1) : undefined;
    }

    get isPlaced() {
      return this.table.outlines.has(this.index);
    }

    /** Outline in shares of the world. @returns {Float64Array[]|undefined} */
    get rings() {
      return this.isPlaced ? this.table.outlines.rings(this.index) : undefined;
    }

    /** West, north, east, south in shares of the world. @returns {number[]|undefined} */
    get box() {
      const { boxes, steps } = this.table.outlines;
      const at = 4 * this.index;
      return this.isPlaced ? Array.from(boxes.subarray(at, at + 4), (side) => side / steps) : undefined;
    }

    get x() {
      return this.isPlaced ? this.table.x[this.index] / this.table.outlines.steps : undefined;
    }

    get y() {
      return this.isPlaced ? this.table.y[this.index] / this.table.outlines.steps : undefined;
    }

    /** Inner point. @returns {number[]|undefined} longitude, latitude */
    get at() {
      return this.isPlaced ? [Enping.longitudeOf(this.x), Enping.latitudeOf(this.y)] : undefined;
    }

    /** How far the inner point is from the boundary, in shares of the world. */
    get depth() {
      const { depth, outlines } = this.table;
      return this.isPlaced ? Math.pow(2, depth[this.index] / DEPTH_STEPS) / outlines.steps : undefined;
    }
  }

  TEXTS.forEach(function (name) {
    Object.defineProperty(Plot.prototype, name, {
      get() {
        const then = this.table.sinceThen;
        if (then && name === "since") {
          const days = then[this.index];
          return days ? Enping.isoOf(this.table.asOfMs / DAY_MS - days + 1) : undefined;
        }
        if (then && name === "sinceBasis") {
          return undefined;
        }
        return this.table.coded[name].of(this.index);
      },
    });
  });

  /**
   * Contacts of all plots, in lists that are looked up by plot.
   * @param {Enping.Columns} columns
   * @param {number} plots
   * @returns {(index: number) => object[]} longest shared boundary first, then the narrowest gap
   */
  function contactLists(columns, plots) {
    const { kinds } = columns.head;
    const right = columns.take("right");
    const left = new Int32Array(right.length);
    let pairsSoFar = 0;
    columns.take("contacts").forEach((count, row) => {
      left.fill(row, pairsSoFar, pairsSoFar + count);
      pairsSoFar += count;
    });
    for (let pair = 0; pair < right.length; pair += 1) {
      right[pair] += left[pair];
    }
    const [low, high, shared, gap, overlap] = ["kindLow", "kindHigh", "shared", "gap", "overlap"].map((name) =>
      columns.take(name)
    );
    const first = new Uint32Array(plots + 1);
    for (const side of [left, right]) {
      side.forEach((row) => {
        first[row + 1] += 1;
      });
    }
    Enping.summed(first);
    const next = first.slice();
    const pairs = new Uint32Array(2 * left.length);
    for (const side of [left, right]) {
      side.forEach((row, pair) => {
        pairs[next[row]++] = pair;
      });
    }
    // What was not measured, or is nothing, is told by a plain 0.
    const figure = (units, decimals) => (units ? printed(units, decimals) : 0);
    return function (index) {
      const own = Array.from(pairs.subarray(first[index], first[index + 1])).sort((a, b) => a - b);
      own.sort((a, b) => shared[b] - shared[a] || gap[a] - gap[b]);
      return own.map((pair) => ({
        other: left[pair] === index ? right[pair] : left[pair],
        kind: kinds[low[pair] + 2 * high[pair]],
        shared: figure(shared[pair], 2),
        gap: figure(gap[pair], 1),
        overlap: figure(overlap[pair], 2),
      }));
    };
  }

  Object.assign(Enping, { PlotTable, contactLists, printed });
})((globalThis.Enping = globalThis.Enping || {}));
