"use strict";
/* Canvas tiles at exactly the zoom of the map. Tiles of the zoom before stay, stretched, until the
   new ones are drawn; a drag moves what is drawn. */
(function (/** @type {any} */ Enping) {
  const TILE_PX = 256;
  // So many tiles around the view are kept when they are there.
  const KEPT = 2;
  const MOST_SPARE = 64;

  class TileBoard {
    /**
     * @param {L.Map} map
     * @param {HTMLElement} pane
     * @param {(pen: CanvasRenderingContext2D, tile: object) => Iterator<void>} draw
     * @param {Enping.Slices} slices
     */
    constructor(map, pane, draw, slices) {
      this.map = map;
      this.draw = draw;
      this.slices = slices;
      this.box = L.DomUtil.create("div", "tiles", pane);
      this.level = null;
      this.old = null;
      this.version = 0;
      this.spares = [];
    }

    remove() {
      this.clear();
      this.box.remove();
    }

    /** Take all tiles away. */
    clear() {
      [this.level, this.old].forEach((level) => this.drop(level));
      this.level = this.old = null;
      this.slices.clear();
    }

    /** Draw all tiles again; what is seen stays until then. */
    renew() {
      this.version += 1;
      this.update();
    }

    newLevel(zoom) {
      const box = L.DomUtil.create("div", "level", this.box);
      // Whole pixels: tiles lie side by side without a seam.
      return { zoom: zoom, box: box, tiles: new Map(), corner: this.map.getPixelOrigin().round() };
    }

    /** Put levels where the map has them now. */
    place() {
      const map = this.map;
      [this.level, this.old].forEach((level) => {
        if (level) {
          const scale = map.getZoomScale(map.getZoom(), level.zoom);
          const at = level.corner.multiplyBy(scale).subtract(map.getPixelOrigin());
          L.DomUtil.setTransform(level.box, scale === 1 ? at.round() : at, scale);
        }
      });
    }

    /** Make and order the tiles of the view. */
    update() {
      const map = this.map;
      const zoom = map.getZoom();
      if (!this.level || this.level.zoom !== zoom) {
        this.slices.clear();
        this.keepOld();
        this.level = this.newLevel(zoom);
      }
      this.place();
      const bounds = map.getPixelBounds();
      const from = bounds.min.divideBy(TILE_PX).floor();
      const to = bounds.max.divideBy(TILE_PX).floor();
      this.prune(from, to);
      const middle = bounds.getCenter().divideBy(TILE_PX).subtract([0.5, 0.5]);
      const wanted = [];
      for (let col = from.x; col <= to.x; col += 1) {
        for (let row = from.y; row <= to.y; row += 1) {
          const tile = this.tileAt(col, row);
          if (tile.asked !== this.version) {
            tile.asked = this.version;
            wanted.push(tile);
          }
        }
      }
      const away = (tile) => Math.hypot(tile.col - middle.x, tile.row - middle.y);
      wanted.sort((a, b) => away(a) - away(b));
      wanted.forEach((tile) => this.slices.add(this.job(tile, this.level)));
      this.slices.add(this.ending(this.level));
    }

    /** The drawn level of the zoom before; an unfinished one is of no use while there is another. */
    keepOld() {
      const level = this.level;
      if (!level) {
        return;
      }
      const isDrawn = Array.from(level.tiles.values()).every((tile) => tile.canvas);
      if (this.old && !isDrawn) {
        this.drop(level);
      } else {
        this.drop(this.old);
        this.old = level;
      }
    }

    drop(level) {
      if (level) {
        level.box.remove();
        level.tiles.forEach((tile) => {
          tile.gone = true;
          this.spare(tile.canvas);
        });
      }
    }

    /** Keep a canvas for another tile: new ones are dear. */
    spare(canvas) {
      if (canvas) {
        canvas.remove();
        if (this.spares.length < MOST_SPARE) {
          this.spares.push(canvas);
        }
      }
    }

    blank() {
      const side = Math.round(TILE_PX * (window.devicePixelRatio || 1));
      const canvas = this.spares.pop() || document.createElement("canvas");
      if (canvas.width !== side || canvas.height !== side) {
        canvas.className = "tile";
        canvas.width = canvas.height = side;
      }
      return canvas;
    }

    prune(from, to) {
      this.level.tiles.forEach((tile, key) => {
        const { col, row } = tile;
        if (col < from.x - KEPT || col > to.x + KEPT || row < from.y - KEPT || row > to.y + KEPT) {
          tile.gone = true;
          this.spare(tile.canvas);
          this.level.tiles.delete(key);
        }
      });
    }

    tileAt(col, row) {
      const key = col + "/" + row;
      let tile = this.level.tiles.get(key);
      if (!tile) {
        tile = { col: col, row: row, canvas: null, asked: -1, gone: false };
        this.level.tiles.set(key, tile);
      }
      return tile;
    }

    /** Draw one tile apart, then show it at once. */
    *job(tile, level) {
      const version = this.version;
      if (tile.gone) {
        return;
      }
      const apart = this.blank();
      const ratio = apart.width / TILE_PX;
      const pen = apart.getContext("2d");
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, TILE_PX, TILE_PX);
      const left = tile.col * TILE_PX;
      const top = tile.row * TILE_PX;
      const steps = this.draw(pen, { left: left, top: top, size: TILE_PX, ratio: ratio, zoom: level.zoom });
      while (!steps.next().done) {
        if (tile.gone || level !== this.level || version !== this.version) {
          this.spare(apart);
          return;
        }
        yield;
      }
      apart.style.left = left - level.corner.x + "px";
      apart.style.top = top - level.corner.y + "px";
      level.box.appendChild(apart);
      this.spare(tile.canvas);
      tile.canvas = apart;
      yield;
    }

    /** When all is drawn, what stood in for it goes. */
    *ending(level) {
      if (level === this.level) {
        this.drop(this.old);
        this.old = null;
      }
      yield;
    }
  }

  Enping.TileBoard = TileBoard;
})((globalThis.Enping = globalThis.Enping || {}));
