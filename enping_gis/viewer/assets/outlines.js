"use strict";
/* Outlines of plots, put together from arcs that neighbours share, in steps of the world's square. */
(function (/** @type {any} */ Enping) {
  class Outlines {
    /** @param {Enping.Columns} columns */
    constructor(columns) {
      const { bits, goesOn, corner } = columns.head;
      /** Steps of the world. @type {number} */
      this.steps = Math.pow(2, bits);
      const sizes = columns.take("sizes");
      const closed = columns.take("closed");
      /** Where the vertices of each arc begin; the last entry is the end. @type {Uint32Array} */
      this.arcStart = starts(sizes, closed);
      this.x = vertices(columns.take("x"), corner[0], sizes, closed, goesOn);
      this.y = vertices(columns.take("y"), corner[1], sizes, closed, goesOn);
      /** First ring of each plot, first arc of each ring. */
      this.ringStart = starts(columns.take("rings"));
      this.useStart = starts(columns.take("arcs"));
      this.uses = uses(columns.take("used"), columns.take("backward"));
      this.boxes = this.boxed();
    }

    /** @param {number} plot @returns {boolean} whether it has an outline */
    has(plot) {
      return this.ringStart[plot] < this.ringStart[plot + 1];
    }

    /** Boxes of all plots; west lies beyond east where there is nothing. @returns {Int32Array} */
    boxed() {
      const arcs = this.arcStart.length - 1;
      const ofArcs = new Int32Array(4 * arcs);
      for (let arc = 0; arc < arcs; arc += 1) {
        let [west, north, east, south] = [2147483647, 2147483647, -1, -1];
        for (let k = this.arcStart[arc]; k < this.arcStart[arc + 1]; k += 1) {
          const x = this.x[k];
          const y = this.y[k];
          west = x < west ? x : west;
          east = x > east ? x : east;
          north = y < north ? y : north;
          south = y > south ? y : south;
        }
        ofArcs[4 * arc] = west;
        ofArcs[4 * arc + 1] = north;
        ofArcs[4 * arc + 2] = east;
        ofArcs[4 * arc + 3] = south;
      }
      const plots = this.ringStart.length - 1;
      const boxes = new Int32Array(4 * plots);
      for (let plot = 0; plot < plots; plot += 1) {
        let [west, north, east, south] = [2147483647, 2147483647, -1, -1];
        const last = this.useStart[this.ringStart[plot + 1]];
        for (let use = this.useStart[this.ringStart[plot]]; use < last; use += 1) {
          const at = 4 * (this.uses[use] >> 1);
          west = Math.min(west, ofArcs[at]);
          north = Math.min(north, ofArcs[at + 1]);
          east = Math.max(east, ofArcs[at + 2]);
          south = Math.max(south, ofArcs[at + 3]);
        }
        boxes[4 * plot] = west;
        boxes[4 * plot + 1] = north;
        boxes[4 * plot + 2] = east;
        boxes[4 * plot + 3] = south;
      }
      return boxes;
    }

    /**
     * Draw the outline of a plot into the present path of a pen.
     * @param {CanvasRenderingContext2D|Path2D} pen
     * @param {number} plot
     * @param {number} scale pixels per step
     * @param {number} left pixels to take off
     * @param {number} top
     * @param {number} least vertices nearer to the last one than so many pixels are left out
     */
    trace(pen, plot, scale, left, top, least) {
      const { x, y, arcStart, uses, useStart } = this;
      const skip = least / scale;
      for (let ring = this.ringStart[plot]; ring < this.ringStart[plot + 1]; ring += 1) {
        let lastX = NaN;
        let lastY = NaN;
        for (let use = useStart[ring]; use < useStart[ring + 1]; use += 1) {
          const arc = uses[use] >> 1;
          const backward = uses[use] & 1;
          const step = backward ? -1 : 1;
          // The last vertex of an arc is the first of the next.
          const end = backward ? arcStart[arc] : arcStart[arc + 1] - 1;
          for (let k = backward ? arcStart[arc + 1] - 1 : arcStart[arc]; k !== end; k += step) {
            if (Math.abs(x[k] - lastX) < skip && Math.abs(y[k] - lastY) < skip) {
              continue;
            }
            if (lastX !== lastX) {
              pen.moveTo(x[k] * scale - left, y[k] * scale - top);
            } else {
              pen.lineTo(x[k] * scale - left, y[k] * scale - top);
            }
            lastX = x[k];
            lastY = y[k];
          }
        }
        pen.closePath();
      }
    }

    /**
     * Tell whether a place lies on a plot, by the even-odd rule, so holes and islands come right.
     * @param {number} plot
     * @param {number} px in steps
     * @param {number} py in steps
     * @returns {boolean}
     */
    contains(plot, px, py) {
      const { x, y, arcStart, uses } = this;
      let inside = false;
      const last = this.useStart[this.ringStart[plot + 1]];
      // Crossings of arcs, whatever their direction, are the crossings of their rings.
      for (let use = this.useStart[this.ringStart[plot]]; use < last; use += 1) {
        const arc = uses[use] >> 1;
        for (let k = arcStart[arc] + 1; k < arcStart[arc + 1]; k += 1) {
          if (y[k] > py !== y[k - 1] > py) {
            const share = (py - y[k]) / (y[k - 1] - y[k]);
            if (px < x[k] + share * (x[k - 1] - x[k])) {
              inside = !inside;
            }
          }
        }
      }
      return inside;
    }

    /**
     * The rings of a plot.
     * @param {number} plot
     * @returns {Float64Array[]} one array x, y, x, y, ... per ring, in shares of the world
     */
    rings(plot) {
      const found = [];
      for (let ring = this.ringStart[plot]; ring < this.ringStart[plot + 1]; ring += 1) {
        const out = [];
        for (let use = this.useStart[ring]; use < this.useStart[ring + 1]; use += 1) {
          const arc = this.uses[use] >> 1;
          const from = this.arcStart[arc];
          const to = this.arcStart[arc + 1] - 1;
          for (let n = 0; n < to - from; n += 1) {
            const k = this.uses[use] & 1 ? to - n : from + n;
            out.push(this.x[k] / this.steps, this.y[k] / this.steps);
          }
        }
        found.push(Float64Array.from(out));
      }
      return found;
    }
  }

  /** Where each of some lists begins; a closed arc has its first vertex again at its end. */
  function starts(sizes, closed) {
    const found = new Uint32Array(sizes.length + 1);
    for (let i = 0; i < sizes.length; i += 1) {
      found[i + 1] = found[i] + sizes[i] + (closed ? closed[i] : 0);
    }
    return found;
  }

  /** Add up the steps from vertex to vertex; a closed arc ends at its first vertex. */
  function vertices(steps, corner, sizes, closed, goesOn) {
    let extra = 0;
    for (let arc = 0; arc < closed.length; arc += 1) {
      extra += closed[arc];
    }
    const found = new Int32Array(steps.length + extra);
    let place = corner;
    let from = 0;
    let to = 0;
    for (let arc = 0; arc < sizes.length; arc += 1) {
      const first = to;
      const end = from + sizes[arc];
      let step = 0;
      for (let n = 0; from < end; n += 1) {
        step = goesOn && n > 1 ? step + steps[from] : steps[from];
        place += step;
        found[to] = place;
        from += 1;
        to += 1;
      }
      if (closed[arc]) {
        found[to] = found[first];
        to += 1;
      }
    }
    return found;
  }

  /** Arcs in use: twice the number of the arc, and one more where it is followed backwards. */
  function uses(back, backward) {
    const found = new Uint32Array(back.length);
    let next = 0;
    let again = 0;
    for (let i = 0; i < back.length; i += 1) {
      found[i] = 2 * (next - back[i]);
      if (back[i] === 0) {
        next += 1;
      } else {
        found[i] += backward[again];
        again += 1;
      }
    }
    return found;
  }

  Enping.Outlines = Outlines;
})((globalThis.Enping = globalThis.Enping || {}));
