"use strict";
/* How plots are painted on a tile: one by one with hatch and dash, or many of a status at once. */
(function (/** @type {any} */ Enping) {
  const SPECK_PX = 1.5;
  const SMALL_PX = 7;
  const LONELY_PX = 24;
  const DISC_PX = 6;
  const DIM = 0.4;
  // Vertices nearer to each other than this are one on the screen.
  const LEAST_PX = { shapes: 0.6, plots: 0.3 };
  const ONE_STROKE = 128;

  class Painter {
    /**
     * @param {Enping.PlotTable} table
     * @param {Enping.BoxTree} tree
     * @param {object[]} statuses
     */
    constructor(table, tree, statuses) {
      this.table = table;
      this.tree = tree;
      this.statuses = statuses;
      /** Status of each plot as it is painted. @type {Uint8Array} */
      this.colours = table.status;
      /** Plots of which a part is done, as they are painted. @type {Uint8Array|null} */
      this.partly = table.partly;
      /** Plots that a filter lets through; all where there is none. @type {Uint8Array|null} */
      this.mask = null;
    }

    /**
     * Paint the plots of a tile.
     * @param {CanvasRenderingContext2D} pen
     * @param {{left: number, top: number, size: number, ratio: number, zoom: number}} tile
     * @param {string} level "shapes" or "plots"
     * @param {boolean} detailed whether few enough are in view for discs, hatches and dashes
     */
    *tile(pen, tile, level, detailed) {
      const scale = (256 * Math.pow(2, tile.zoom)) / this.table.outlines.steps;
      const near = (from, pixels) => (from + pixels) / scale;
      const rows = this.tree.within(
        near(tile.left, -DISC_PX), near(tile.top, -DISC_PX),
        near(tile.left, tile.size + DISC_PX), near(tile.top, tile.size + DISC_PX)
      ).filter((row) => this.table.stands(row));
      const at = { scale: scale, left: tile.left, top: tile.top, level: level, least: LEAST_PX[level] };
      pen.lineJoin = "round";
      if (!detailed) {
        yield* this.many(pen, rows, at);
        return;
      }
      at.brush = new Enping.Brush(pen, tile.ratio);
      for (const row of rows) {
        this.one(pen, row, at);
        yield;
      }
    }

    /** Many plots of a status in one path: the winding of rings, not their number, tells holes. */
    *many(pen, rows, at) {
      const { statuses, colours, mask } = this;
      const groups = statuses.map(() => []);
      const dimmed = [];
      rows.forEach((row) => (mask && !mask[row] ? dimmed : groups[colours[row]]).push(row));
      for (const part of pieces(dimmed)) {
        this.path(pen, part, at);
        pen.globalAlpha = DIM;
        this.stroke(pen, "#7D7869", 0.5);
        pen.globalAlpha = 1;
        yield;
      }
      for (let status = 0; status < groups.length; status += 1) {
        for (const part of pieces(groups[status])) {
          this.path(pen, part, at);
          pen.fillStyle = statuses[status].colour;
          pen.fill("nonzero");
          if (at.level === "plots") {
            this.stroke(pen, statuses[status].stroke, 1.4);
          }
          yield;
        }
      }
    }

    path(pen, rows, at) {
      const { outlines } = this.table;
      const { boxes } = outlines;
      pen.beginPath();
      for (const row of rows) {
        const west = boxes[4 * row] * at.scale - at.left;
        const north = boxes[4 * row + 1] * at.scale - at.top;
        const wide = (boxes[4 * row + 2] - boxes[4 * row]) * at.scale;
        const high = (boxes[4 * row + 3] - boxes[4 * row + 1]) * at.scale;
        if (wide < SPECK_PX && high < SPECK_PX) {
          speck(pen, west, north, Math.max(wide, 1), Math.max(high, 1));
        } else {
          outlines.trace(pen, row, at.scale, at.left, at.top, at.least);
        }
      }
    }

    stroke(pen, colour, width) {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.stroke();
    }

    /** Whether nothing else is near a plot; only few are looked at. */
    isAlone(row, scale) {
      const { x, y } = this.table;
      const reach = LONELY_PX / scale;
      return !this.tree.each(
        x[row] - reach, y[row] - reach, x[row] + reach, y[row] + reach,
        (other) => other !== row && this.table.stands(other) && Math.hypot(x[other] - x[row], y[other] - y[row]) <= reach
      );
    }

    /** Side of a plot in pixels. */
    side(row, scale) {
      const { boxes } = this.table.outlines;
      const wide = boxes[4 * row + 2] - boxes[4 * row];
      return Math.sqrt(wide * (boxes[4 * row + 3] - boxes[4 * row + 1])) * scale;
    }

    /** One plot, with all that is said of it by hatch and line. */
    one(pen, row, at) {
      const { table, statuses } = this;
      const status = statuses[this.colours[row]];
      const isDim = this.mask && !this.mask[row];
      const x = table.x[row] * at.scale - at.left;
      const y = table.y[row] * at.scale - at.top;
      if (!isDim && this.side(row, at.scale) < SMALL_PX && this.isAlone(row, at.scale)) {
        Enping.circle(pen, x, y, 5, "#FFFFFF", null, 0);
        Enping.circle(pen, x, y, 3.5, status.colour, status.stroke, 1);
        return;
      }
      pen.beginPath();
      table.outlines.trace(pen, row, at.scale, at.left, at.top, at.least);
      pen.globalAlpha = isDim ? DIM : 1;
      if (!isDim) {
        this.fill(pen, row, status, at, x, y);
      }
      const isPlot = at.level === "plots";
      pen.setLineDash(isPlot ? Enping.dash(table.coded.line.of(row)) : []);
      this.stroke(pen, status.stroke, isPlot ? 1.4 : 0.9);
      pen.setLineDash([]);
      pen.globalAlpha = 1;
    }

    fill(pen, row, status, at, x, y) {
      pen.fillStyle = status.colour;
      pen.fill("evenodd");
      if (at.level !== "plots") {
        return;
      }
      if (status.pattern === "hatch") {
        pen.fillStyle = at.brush.hatch("#FFFFFF", 2.4, true, x, y);
        pen.fill("evenodd");
      }
      if (this.partly && this.partly[row]) {
        const done = this.statuses[this.table.meta.done];
        pen.fillStyle = at.brush.hatch(done.colour, 2.6, false, x, y);
        pen.fill("evenodd");
      }
    }
  }

  function pieces(rows) {
    const found = [];
    for (let from = 0; from < rows.length; from += ONE_STROKE) {
      found.push(rows.slice(from, from + ONE_STROKE));
    }
    return found;
  }

  /** A rectangle that winds as outer rings do. */
  function speck(pen, x, y, wide, high) {
    pen.moveTo(x, y);
    pen.lineTo(x, y + high);
    pen.lineTo(x + wide, y + high);
    pen.lineTo(x + wide, y);
    pen.closePath();
  }

  Object.assign(Enping, { Painter, SMALL_PX });
})((globalThis.Enping = globalThis.Enping || {}));
