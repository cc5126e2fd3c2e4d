"use strict";
/* Names and areas on the plots: greedy, largest first, never over each other or an inner point. */
(function (Enping) {
  const LEAST_ROOM_PX = 44;
  const NAME_ROOM_PX = 56;
  const MOST_PX = 220;
  const LEAST_LETTERS = 3;

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
      const room = 2 * depth;
      if (room < LEAST_ROOM_PX) {
        return;
      }
      const pen = this.pen;
      const status = this.data.statuses[plot.status];
      const boxed = status.pattern === "hatch" || Boolean(plot.doneM2);
      const colour = boxed ? "#1B1F24" : status.text;
      const most = Math.min(room * 1.1, MOST_PX);
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.font = "700 13px " + Enping.FONT;
      const name = room > NAME_ROOM_PX ? shortened(pen, plot.name || plot.id, most) : "";
      if (name) {
        this.line(name, x, y - 18, colour, boxed);
      }
      pen.font = "12px " + Enping.FONT;
      const mu = Enping.grouped(plot.mu) + " " + this.data.words["page.mu"];
      if (pen.measureText(mu).width < most) {
        this.line(mu, x, y + 18, colour, boxed);
      }
    }

    line(words, x, y, colour, boxed) {
      const pen = this.pen;
      const half = pen.measureText(words).width / 2 + 4;
      const box = [x - half, y - 9, x + half, y + 9];
      if (this.taken.some((other) => meet(box, other))) {
        return;
      }
      this.taken.push(box);
      if (boxed) {
        pen.fillStyle = "#FFFFFF";
        pen.fillRect(box[0], box[1], 2 * half, 18);
      }
      pen.fillStyle = colour;
      pen.fillText(words, x, y);
    }
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
