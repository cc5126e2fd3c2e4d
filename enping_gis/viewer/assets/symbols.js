"use strict";
/* Unit symbols: where plots are specks, a ring per responsible unit stands for them. */
(function (/** @type {any} */ Enping) {
  // Room below a symbol: name and area on a desk, the name alone on a phone.
  const LABEL_PX = { desk: 36, phone: 20 };
  const GAP_PX = 6;

  /**
   * Radius of a symbol; its area is in proportion to the land it stands for.
   * @param {number} areaM2
   * @param {number} mostM2
   * @param {number} factor 1 on a desk, 0.7 on a phone
   * @returns {number} pixels
   */
  function radius(areaM2, mostM2, factor) {
    return Math.max(13, 46 * Math.sqrt(areaM2 / mostM2)) * factor;
  }

  /**
   * Push boxes apart until none overlaps, each as little as possible.
   * @param {{x: number, y: number, w: number, h: number}[]} boxes x, y is the centre
   * @param {{x: number, y: number, w: number, h: number}} frame a box that begins inside stays
   * @returns {{x: number, y: number}[]} new centres
   */
  function spread(boxes, frame) {
    const at = boxes.map((box) => ({ x: box.x, y: box.y }));
    for (let round = 0; round < 200; round += 1) {
      let moved = false;
      for (let i = 0; i < boxes.length; i += 1) {
        for (let j = i + 1; j < boxes.length; j += 1) {
          moved = pushApart(boxes[i], boxes[j], at[i], at[j]) || moved;
        }
      }
      boxes.forEach((box, i) => keepInside(box, at[i], frame));
      if (!moved) {
        break;
      }
    }
    return at;
  }

  function keepInside(box, at, frame) {
    const right = frame.x + frame.w;
    const bottom = frame.y + frame.h;
    if (box.x < frame.x || box.x > right || box.y < frame.y || box.y > bottom) {
      return;
    }
    at.x = Math.min(Math.max(at.x, frame.x + box.w / 2 + 4), right - box.w / 2 - 4);
    at.y = Math.min(Math.max(at.y, frame.y + box.h / 2 + 4), bottom - box.h / 2 - 4);
  }

  function pushApart(one, two, atOne, atTwo) {
    const dx = atTwo.x - atOne.x;
    const dy = atTwo.y - atOne.y;
    const overX = (one.w + two.w) / 2 + GAP_PX - Math.abs(dx);
    const overY = (one.h + two.h) / 2 + GAP_PX - Math.abs(dy);
    if (overX <= 0.1 || overY <= 0.1) {
      return false;
    }
    // The larger symbol gives way less: it is the one the eye looks for.
    const share = (two.w * two.h) / (one.w * one.h + two.w * two.h);
    if (overX < overY) {
      const sign = dx < 0 ? -1 : 1;
      atOne.x -= sign * overX * share;
      atTwo.x += sign * overX * (1 - share);
    } else {
      const sign = dy < 0 ? -1 : 1;
      atOne.y -= sign * overY * share;
      atTwo.y += sign * overY * (1 - share);
    }
    return true;
  }

  /**
   * Group placed plots by unit: responsible unit, or town where none is stated. A symbol stands in the unit's own place, or where
   * its plots are on average when the unit has no outline.
   * @param {object[]} plots
   * @param {object[]} places
   * @param {{key: string, label: string}[]} groups what the units are called
   * @param {(plot: object) => boolean} [seen] tells the plots that count
   * @returns {{key: string, label: string, count: number, areaM2: number, x: number, y: number,
   *   shares: number[], members: number[]}[]} largest first; x, y in unit Mercator
   */
  function unitsOf(plots, places, groups, seen) {
    const labels = new Map(groups.map((group) => [group.key, group.label]));
    /** @type {Map<string, any>} */
    const units = new Map();
    plots.forEach(function (plot, i) {
      if (plot.x === undefined || !plot.unit || (seen && !seen(plot))) {
        return;
      }
      let unit = units.get(plot.unit);
      if (!unit) {
        unit = { key: plot.unit, label: labels.get(plot.unit) || plot.unit, count: 0, areaM2: 0, x: 0, y: 0 };
        Object.assign(unit, { shares: [], members: [] });
        units.set(plot.unit, unit);
      }
      const area = Number(plot.m2);
      unit.count += 1;
      unit.areaM2 += area;
      unit.x += plot.x * area;
      unit.y += plot.y * area;
      unit.members.push(i);
      const done = plot.doneM2 || 0;
      unit.shares[plot.status] = (unit.shares[plot.status] || 0) + area - done;
      if (done) {
        unit.shares[plot.doneStatus] = (unit.shares[plot.doneStatus] || 0) + done;
      }
    });
    const list = Array.from(units.values());
    list.forEach(function (unit) {
      unit.x /= unit.areaM2 || 1;
      unit.y /= unit.areaM2 || 1;
      const home = places.find((place) => place.code === unit.key && place.at);
      if (home) {
        unit.x = Enping.worldX(home.at[0]);
        unit.y = Enping.worldY(home.at[1]);
      }
    });
    return list.sort((a, b) => b.areaM2 - a.areaM2 || (a.key < b.key ? -1 : 1));
  }

  /**
   * Draw one symbol: ring with a sector per status, count in the hole, name and mu below.
   * @param {CanvasRenderingContext2D} pen
   * @param {object} unit with px, py, r, homeX, homeY in pixels
   * @param {object[]} statuses
   * @param {Enping.Brush} brush
   * @param {string} muWord empty where there is no room for the area
   */
  function drawSymbol(pen, unit, statuses, brush, muWord) {
    const { px, py, r } = unit;
    if (Math.hypot(px - unit.homeX, py - unit.homeY) > r) {
      drawLeader(pen, unit);
    }
    let from = -Math.PI / 2;
    statuses.forEach(function (status, i) {
      const share = (unit.shares[i] || 0) / unit.areaM2;
      if (!share) {
        return;
      }
      const to = from + share * 2 * Math.PI;
      pen.beginPath();
      pen.moveTo(px, py);
      pen.arc(px, py, r, from, to);
      pen.closePath();
      pen.fillStyle = status.colour;
      pen.fill();
      if (status.pattern === "hatch") {
        pen.fillStyle = brush.hatch("#FFFFFF", 2.4, true, px, py);
        pen.fill();
      }
      from = to;
    });
    circle(pen, px, py, r, null, "#3A3F45", 1);
    circle(pen, px, py, r * 0.54, "#FFFFFF", "#3A3F45", 1);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    text(pen, String(unit.count), px, py + 0.5, "700 " + (r > 24 ? 14 : 11) + "px ", "#1B1F24");
    text(pen, unit.label, px, py + r + 11, "700 13px ", "#1B1F24");
    if (muWord) {
      text(pen, Enping.mu(unit.areaM2, 0) + " " + muWord, px, py + r + 27, "12px ", "#565C63");
    }
  }

  function drawLeader(pen, unit) {
    pen.beginPath();
    pen.moveTo(unit.homeX, unit.homeY);
    pen.lineTo(unit.px, unit.py);
    pen.strokeStyle = "#565C63";
    pen.lineWidth = 1;
    pen.stroke();
    circle(pen, unit.homeX, unit.homeY, 2.5, "#565C63", null, 0);
  }

  function circle(pen, x, y, r, fillColour, strokeColour, width) {
    pen.beginPath();
    pen.arc(x, y, r, 0, 2 * Math.PI);
    if (fillColour) {
      pen.fillStyle = fillColour;
      pen.fill();
    }
    if (strokeColour) {
      pen.strokeStyle = strokeColour;
      pen.lineWidth = width;
      pen.stroke();
    }
  }

  /** Write with a white halo, so that lines below do not cut the letters. */
  function text(pen, words, x, y, font, colour) {
    pen.font = font + Enping.FONT;
    pen.lineJoin = "round";
    pen.lineWidth = 2.6;
    pen.strokeStyle = "#FFFFFF";
    pen.strokeText(words, x, y);
    pen.fillStyle = colour;
    pen.fillText(words, x, y);
  }

  Enping.FONT = '"Microsoft YaHei","PingFang SC","Noto Sans CJK SC","Source Han Sans SC",sans-serif';
  Object.assign(Enping, { radius, spread, unitsOf, drawSymbol, circle, SYMBOL_LABEL_PX: LABEL_PX });
})((globalThis.Enping = globalThis.Enping || {}));
