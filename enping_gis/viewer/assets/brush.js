"use strict";
/* Fill, hatch and line of a plot. Hatches are anchored at the inner point of the plot, half a
   period away from the nearest line, so that this very pixel shows the colour of the status. */
(function (/** @type {any} */ Enping) {
  const TILE = 12;
  const DASHES = { synthetic: [2, 3], schematic: [5, 3], surveyed: [] };

  /**
   * Make a tile of diagonal lines on nothing; its corners lie midway between two lines.
   * @param {string} colour
   * @param {number} width of a line in pixels
   * @param {boolean} rising "/" when true, else "\"
   * @param {number} ratio device pixels per pixel
   * @returns {HTMLCanvasElement}
   */
  function hatchTile(colour, width, rising, ratio) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = Math.round(TILE * ratio);
    const pen = tile.getContext("2d");
    pen.scale(tile.width / TILE, tile.height / TILE);
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    const half = TILE / 2;
    pen.beginPath();
    for (const shift of [-half, half]) {
      if (rising) {
        pen.moveTo(shift - TILE, TILE + TILE);
        pen.lineTo(shift + 2 * TILE, -TILE);
      } else {
        pen.moveTo(shift - TILE, -TILE);
        pen.lineTo(shift + 2 * TILE, 2 * TILE);
      }
    }
    pen.stroke();
    return tile;
  }

  class Brush {
    /** @param {CanvasRenderingContext2D} pen @param {number} ratio */
    constructor(pen, ratio) {
      this.pen = pen;
      this.ratio = ratio;
      /** @type {Map<string, CanvasPattern>} */
      this.patterns = new Map();
    }

    /**
     * @param {string} colour
     * @param {number} width
     * @param {boolean} rising
     * @param {number} x anchor in pixels
     * @param {number} y anchor in pixels
     * @returns {CanvasPattern}
     */
    hatch(colour, width, rising, x, y) {
      const key = colour + width + rising;
      let pattern = this.patterns.get(key);
      if (!pattern) {
        const tile = hatchTile(colour, width, rising, this.ratio);
        pattern = this.pen.createPattern(tile, "repeat");
        this.patterns.set(key, pattern);
      }
      const shrink = TILE / Math.round(TILE * this.ratio);
      pattern.setTransform(new DOMMatrix([shrink, 0, 0, shrink, x, y]));
      return pattern;
    }
  }

  /**
   * The dash of a plot's outline says what its shape is worth.
   * @param {string} basis "synthetic", "schematic" or "surveyed"
   * @returns {number[]}
   */
  function dash(basis) {
    return DASHES[basis] || DASHES.surveyed;
  }

  Object.assign(Enping, { Brush, dash });
})((globalThis.Enping = globalThis.Enping || {}));
