"use strict";
/* Marks of findings: which groups there are, which marks stand for several, how one is drawn. */
(function (/** @type {any} */ Enping) {
  const INK = "#1B1F24";
  const MUTE = "#565C63";
  // Half the diagonal of a diamond with sides of 12 pixels.
  const HALF_PX = 8.5;
  const LOOKS = [
    { line: 2.4, colour: INK, sign: "!" },
    { line: 1.5, colour: INK, sign: "!" },
    { line: 1.5, colour: MUTE, sign: "i" },
  ];

  /**
   * Group findings by severity, the gravest first, and by rule.
   * @param {{severity: number, rule: number, placed: boolean}[]} rows
   * @returns {{severity: number, rule: number, rows: object[], on: boolean}[]} notes are off at
   *   first where anything graver is on the map
   */
  function groupsOf(rows) {
    /** @type {Map<string, any>} */
    const groups = new Map();
    rows.forEach(function (row) {
      const key = row.severity + "/" + row.rule;
      if (!groups.has(key)) {
        groups.set(key, { severity: row.severity, rule: row.rule, rows: [], on: true });
      }
      groups.get(key).rows.push(row);
    });
    const list = Array.from(groups.values());
    list.sort((a, b) => a.severity - b.severity || a.rule - b.rule);
    const note = LOOKS.length - 1;
    const graver = rows.some((row) => row.placed && row.severity < note);
    list.forEach(function (group) {
      group.on = group.severity < note || !graver;
    });
    return list;
  }

  /**
   * Let one mark stand for all that lie nearer to it than two marks may lie to each other.
   * @param {{x: number, y: number}[]} places the most important first
   * @param {number} apart in the unit of x and y
   * @returns {{x: number, y: number, members: number[]}[]} each place is a member of one mark,
   *   which stands at its first member
   */
  function gathered(places, apart) {
    const marks = [];
    /** @type {Map<string, number[]>} */
    const cells = new Map();
    const cell = (value) => Math.floor(value / apart);
    places.forEach(function (place, i) {
      const mark = nearest(marks, cells, place, apart, cell);
      if (mark) {
        mark.members.push(i);
        return;
      }
      const key = cell(place.x) + "/" + cell(place.y);
      cells.set(key, (cells.get(key) || []).concat(marks.length));
      marks.push({ x: place.x, y: place.y, members: [i] });
    });
    return marks;
  }

  function nearest(marks, cells, place, apart, cell) {
    let found = null;
    let least = apart;
    for (let col = cell(place.x) - 1; col <= cell(place.x) + 1; col += 1) {
      for (let row = cell(place.y) - 1; row <= cell(place.y) + 1; row += 1) {
        for (const k of cells.get(col + "/" + row) || []) {
          const away = Math.hypot(marks[k].x - place.x, marks[k].y - place.y);
          if (away < least) {
            least = away;
            found = marks[k];
          }
        }
      }
    }
    return found;
  }

  function diamond(pen, x, y, half) {
    pen.beginPath();
    pen.moveTo(x, y - half);
    pen.lineTo(x + half, y);
    pen.lineTo(x, y + half);
    pen.lineTo(x - half, y);
    pen.closePath();
  }

  /**
   * Draw a hollow diamond with its sign; a number beside it says how many it stands for.
   * @param {CanvasRenderingContext2D} pen
   * @param {number} x
   * @param {number} y
   * @param {{severity: number, count: number, selected?: boolean}} mark
   */
  function drawMark(pen, x, y, mark) {
    const look = LOOKS[mark.severity];
    pen.lineJoin = "miter";
    if (mark.count > 1) {
      drawCount(pen, x, y, mark.count);
    }
    if (mark.selected) {
      diamond(pen, x, y, HALF_PX + 6);
      pen.fillStyle = "#FFFFFF";
      pen.fill();
      pen.strokeStyle = "#D6007F";
      pen.lineWidth = 3;
      pen.stroke();
    }
    // White around and inside: the mark can be read on every colour of a status.
    diamond(pen, x, y, HALF_PX);
    pen.fillStyle = "#FFFFFF";
    pen.strokeStyle = "#FFFFFF";
    pen.lineWidth = look.line + 3;
    pen.stroke();
    pen.fill();
    pen.strokeStyle = look.colour;
    pen.lineWidth = look.line;
    pen.stroke();
    pen.font = "700 11px " + Enping.FONT;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillStyle = look.colour;
    pen.fillText(look.sign, x, y + 0.5);
  }

  function drawCount(pen, x, y, count) {
    const words = Enping.grouped(count);
    pen.font = "700 11px " + Enping.FONT;
    const wide = pen.measureText(words).width + HALF_PX + 6;
    pen.fillStyle = "#FFFFFF";
    pen.strokeStyle = MUTE;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.rect(x, y - 7.5, wide + 2, 15);
    pen.fill();
    pen.stroke();
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.fillStyle = INK;
    pen.fillText(words, x + HALF_PX + 4, y + 0.5);
  }

  Object.assign(Enping, { groupsOf, gathered, drawMark });
})((globalThis.Enping = globalThis.Enping || {}));
