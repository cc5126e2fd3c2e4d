"use strict";
/* A packed tree of boxes: all in typed arrays, built once, sorted along a Hilbert curve. */
(function (/** @type {any} */ Enping) {
  const NODE = 16;
  const CURVE_BITS = 16;
  // Keys are a place on the curve, 32 bits, and a row, 21 bits: a double holds both.
  const ROWS = 2097152;

  /**
   * Place of a cell on the Hilbert curve of 65536 x 65536 cells.
   * https://en.wikipedia.org/wiki/Hilbert_curve
   * @param {number} x
   * @param {number} y
   * @returns {number}
   */
  function hilbert(x, y) {
    let found = 0;
    for (let side = 1 << (CURVE_BITS - 1); side > 0; side >>= 1) {
      const right = (x & side) > 0 ? 1 : 0;
      const below = (y & side) > 0 ? 1 : 0;
      found = found * 4 + ((3 * right) ^ below);
      if (!below) {
        if (right) {
          x = ~x & 65535;
          y = ~y & 65535;
        }
        const kept = x;
        x = y;
        y = kept;
      }
    }
    return found;
  }

  class BoxTree {
    /**
     * @param {Int32Array} boxes west, north, east, south of each row; west beyond east is left out
     */
    constructor(boxes) {
      this.boxes = boxes;
      this.order = sorted(boxes);
      const leaves = this.order.length;
      // Levels from the leaves up; the last has one node.
      const sizes = [];
      for (let size = Math.ceil(leaves / NODE); ; size = Math.ceil(size / NODE)) {
        sizes.push(size);
        if (size <= 1) {
          break;
        }
      }
      const total = sizes.reduce((sum, size) => sum + size, 0);
      this.nodes = new Int32Array(4 * total);
      /** First node of each level. @type {number[]} */
      this.first = [];
      let first = 0;
      sizes.forEach((size, level) => {
        this.first.push(first);
        for (let i = 0; i < size; i += 1) {
          this.unite(level, i, first + i, level ? sizes[level - 1] : leaves);
        }
        first += size;
      });
    }

    /** Write the box of a node from what lies below it. */
    unite(level, i, node, below) {
      const box = [2147483647, 2147483647, -2147483648, -2147483648];
      const from = level ? this.nodes : this.boxes;
      const last = Math.min((i + 1) * NODE, below);
      for (let k = i * NODE; k < last; k += 1) {
        const at = 4 * (level ? this.first[level - 1] + k : this.order[k]);
        box[0] = Math.min(box[0], from[at]);
        box[1] = Math.min(box[1], from[at + 1]);
        box[2] = Math.max(box[2], from[at + 2]);
        box[3] = Math.max(box[3], from[at + 3]);
      }
      this.nodes.set(box, 4 * node);
    }

    /**
     * Call back for every row whose box meets a box, edges included, in no order.
     * @param {number} west
     * @param {number} north
     * @param {number} east
     * @param {number} south
     * @param {(row: number) => boolean|void} found true ends the search
     * @returns {boolean} whether it was ended
     */
    each(west, north, east, south, found) {
      const { order, boxes, nodes, first } = this;
      if (!order.length) {
        return false;
      }
      const meets = (list, at) =>
        list[at] <= east && list[at + 1] <= south && list[at + 2] >= west && list[at + 3] >= north;
      const levels = [first.length - 1];
      const numbers = [0];
      while (numbers.length) {
        const level = levels.pop();
        const number = numbers.pop();
        if (!meets(nodes, 4 * (first[level] + number))) {
          continue;
        }
        const below = level ? first[level] - first[level - 1] : order.length;
        const last = Math.min((number + 1) * NODE, below);
        for (let k = number * NODE; k < last; k += 1) {
          if (level) {
            levels.push(level - 1);
            numbers.push(k);
          } else if (meets(boxes, 4 * order[k]) && found(order[k])) {
            return true;
          }
        }
      }
      return false;
    }

    /** @returns {number[]} rows whose boxes meet a box, ascending */
    within(west, north, east, south) {
      const rows = [];
      this.each(west, north, east, south, (row) => {
        rows.push(row);
      });
      return rows.sort((a, b) => a - b);
    }

    /** @returns {boolean} whether more rows than so many meet a box */
    exceeds(west, north, east, south, most) {
      let count = 0;
      return this.each(west, north, east, south, () => (count += 1) > most);
    }
  }

  /** Rows in the order of the curve. */
  function sorted(boxes) {
    const rows = boxes.length / 4;
    if (rows > ROWS) {
      throw new RangeError("more than " + ROWS + " plots");
    }
    let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
    let count = 0;
    for (let at = 0; at < boxes.length; at += 4) {
      if (boxes[at] <= boxes[at + 2]) {
        west = Math.min(west, boxes[at]);
        north = Math.min(north, boxes[at + 1]);
        east = Math.max(east, boxes[at + 2]);
        south = Math.max(south, boxes[at + 3]);
        count += 1;
      }
    }
    const keys = new Float64Array(count);
    const wide = 65535 / Math.max(east - west, 1);
    const high = 65535 / Math.max(south - north, 1);
    let next = 0;
    for (let row = 0; row < rows; row += 1) {
      const at = 4 * row;
      if (boxes[at] <= boxes[at + 2]) {
        const x = Math.floor(((boxes[at] + boxes[at + 2]) / 2 - west) * wide);
        const y = Math.floor(((boxes[at + 1] + boxes[at + 3]) / 2 - north) * high);
        keys[next++] = hilbert(x, y) * ROWS + row;
      }
    }
    keys.sort();
    return Uint32Array.from(keys, (key) => key % ROWS);
  }

  Object.assign(Enping, { BoxTree, hilbert });
})((globalThis.Enping = globalThis.Enping || {}));
