"use strict";
/* Names and areas on the plots: greedy, largest first, never over each other or an inner point. */
(function (/** @type {any} */ Enping) {
  const LEAST_ROOM_PX = 44;
  const NAME_ROOM_PX = 56;
  const MOST_PX = 220;
  const LEAST_LETTERS = 3;
  // Of the room that a label may take, tried one after the other.
  const WIDTHS = [1.1, 0.9, 0.7];
  const NAME_FONT = "700 13px ";
  const MU_FONT = "12px ";

  class Labels {
    /** @param {CanvasRenderingContext2D} pen @param {object} data */
    constructor(pen, data) {
      this.pen = pen;
      this.data = data;
      /** @type {number[][]} boxes that are written in already */
      this.taken = [];
    }

    /**
     * Write the name above and the mu below the inner point, which itself stays free.
     * @param {object} plot
     * @param {number} x of the inner point in pixels
     * @param {number} y of the inner point in pixels
     * @param {number} depth pixels from there to the boundary
     */
    write(plot, x, y, depth) {
      const colour = this.data.statuses[plot.status].text;
      this.lines(plot, depth, WIDTHS[0]).forEach((line) => {
        const half = line.width / 2 + 4;
        const at = y + line.side * 18;
        if (this.take([x - half, at - 9, x + half, at + 9])) {
          this.put(line, x, at, colour);
        }
      });
    }

    /**
     * Write on a hatched plot: both lines on one plate in the colour of the status, else the mu.
     * @param {object} plot
     * @param {number} x of the inner point in pixels
     * @param {number} y of the inner point in pixels
     * @param {number} depth pixels from there to the boundary
     * @param {(x: number, y: number) => boolean} inside tells whether a pixel is on the plot
     * @returns {boolean} whether there was room
     */
    plate(plot, x, y, depth, inside) {
      const fits = (lines) => this.plateOf(lines, plot, x, y, inside);
      // In a plot that stands askew a shorter name still fits.
      return WIDTHS.some((share) => fits(this.lines(plot, depth, share))) || fits(this.lines(plot, depth, WIDTHS[0]).slice(-1));
    }

    plateOf(lines, plot, x, y, inside) {
      const half = Math.max(...lines.map((line) => line.width)) / 2 + 6;
      const above = lines.length > 1 ? 23 : 5;
      const box = [x - half, y - above, x + half, y + 23];
      if (!lines.length || !onPlot(box, inside) || !this.take(box)) {
        return false;
      }
      const status = this.data.statuses[plot.status];
      this.pen.fillStyle = status.colour;
      this.pen.fillRect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
      // The hatched status is dark; its letters are white.
      const colour = status.pattern === "hatch" ? "#FFFFFF" : status.text;
      lines.forEach((line) => this.put(line, x, y + line.side * 11.5, colour));
      return true;
    }

    /** The lines that fit a share of the room: the name above (side -1), the mu below (side 1). */
    lines(plot, depth, share) {
      const room = 2 * depth;
      if (room < LEAST_ROOM_PX) {
        return [];
      }
      const pen = this.pen;
      const most = Math.min(room * share, MOST_PX);
      const found = [];
      const add = (words, font, side) => found.push({ words, font, side, width: pen.measureText(words).width });
      pen.font = NAME_FONT + Enping.FONT;
      const name = room > NAME_ROOM_PX ? shortened(pen, plot.name || plot.id, most) : "";
      if (name) {
        add(name, pen.font, -1);
      }
      pen.font = MU_FONT + Enping.FONT;
      const mu = Enping.grouped(plot.mu) + " " + this.data.words["page.mu"];
      if (pen.measureText(mu).width < most) {
        add(mu, pen.font, 1);
      }
      return found;
    }

    /** Keep a box for oneself, unless something is written there. */
    take(box) {
      const free = !this.taken.some((other) => meet(box, other));
      if (free) {
        this.taken.push(box);
      }
      return free;
    }

    put(line, x, y, colour) {
      const pen = this.pen;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.font = line.font;
      pen.fillStyle = colour;
      pen.fillText(line.words, x, y);
    }
  }

  /** Corners and the middles of the long sides: a plate never covers a boundary. */
  function onPlot(box, inside) {
    const across = [box[0] - 2, (box[0] + box[2]) / 2, box[2] + 2];
    return [box[1] - 2, box[3] + 2].every((y) => across.every((x) => inside(x, y)));
  }

  function meet(one, two) {
    return one[0] < two[2] && two[0] < one[2] && one[1] < two[3] && two[1] < one[3];
  }

  /** A name cut to fit, or nothing where too little of it would be left. */
  function shortened(pen, words, most) {
    if (pen.measureText(words).width <= most) {
      return words;
    }
    let cut = Array.from(words);
    while (cut.length > LEAST_LETTERS && pen.measureText(cut.join("") + "…").width > most) {
      cut = cut.slice(0, -1);
    }
    return cut.length > LEAST_LETTERS ? cut.join("") + "…" : "";
  }

  Enping.Labels = Labels;
})((globalThis.Enping = globalThis.Enping || {}));
