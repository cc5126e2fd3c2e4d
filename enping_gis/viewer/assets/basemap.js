"use strict";
/* The base map: tiles of a provider or a folder, or one picture; pale, under places and plots.
   Only what is displayed is shifted, where a provider's tiles are; plots stay where they are. */
(function (/** @type {any} */ Enping) {
  const TILE_PX = 256;
  const PALE = 0.55;
  const MOST_WAIT_MS = 5000;

  /**
   * Tiles that cover one square of the map, when tiles lie off by a shift.
   * @param {{x: number, y: number, z: number}} coords of the square
   * @param {number[]} shift pixels by which the tiles' own map shows a place further right and down
   * @returns {{x: number, y: number, left: number, top: number}[]} tiles, and where they lie on it
   */
  function tilesOver(coords, shift) {
    const parts = [coords.x, coords.y].map(function (at, axis) {
      const from = at * TILE_PX + shift[axis];
      const first = Math.floor(from / TILE_PX);
      const lies = first * TILE_PX - from;
      return lies === 0 ? [[first, 0]] : [[first, lies], [first + 1, lies + TILE_PX]];
    });
    return parts[1].flatMap(([y, top]) => parts[0].map(([x, left]) => ({ x, y, left, top })));
  }

  /** Whole pixels between a place and where a shifted map shows it, at the middle of a square. */
  function shiftOf(coords) {
    const world = Math.pow(2, coords.z);
    const longitude = Enping.longitudeOf((coords.x + 0.5) / world);
    const latitude = Enping.latitudeOf((coords.y + 0.5) / world);
    const [east, north] = Enping.toGcj02(longitude, latitude);
    const pixels = world * TILE_PX;
    return [
      Math.round((Enping.worldX(east) - Enping.worldX(longitude)) * pixels),
      Math.round((Enping.worldY(north) - Enping.worldY(latitude)) * pixels),
    ];
  }

  const Tiles = L.GridLayer.extend({
    options: { pane: "base", opacity: PALE, updateWhenIdle: true, keepBuffer: 1 },
    word: "page.layer_base",

    initialize: function (page, base) {
      const range = { minZoom: base.least || 0, minNativeZoom: base.least || 3, maxNativeZoom: base.most, maxZoom: 22 };
      L.GridLayer.prototype.initialize.call(this, range);
      this.base = base;
      this.key = base.key || "";
      this.page = page;
    },

    beforeAdd: function (map) {
      basePane(map);
      L.GridLayer.prototype.beforeAdd.call(this, map);
    },

    /** @param {string} key of the provider; it is kept in memory alone */
    setKey: function (key) {
      this.key = key;
      this.redraw();
    },

    createTile: function (coords, done) {
      const box = L.DomUtil.create("div", "base-tile");
      if (this.base.needsKey && !this.key) {
        setTimeout(done, 0, null, box);
        return box;
      }
      const shift = this.base.isShifted ? shiftOf(coords) : [0, 0];
      const images = tilesOver(coords, shift)
        .filter((tile) => this.isThere(tile, coords.z))
        .flatMap((tile) => this.base.tiles.map((address) => this.imageOf(address, tile, coords.z)));
      box.append(...images.map((each) => each.image));
      // What a provider has not got stays empty; the map says nothing of it.
      Promise.all(images.map((each) => each.come)).then(() => done(null, box));
      return box;
    },

    /** A folder says which tiles it has: none is asked for in vain beyond them. */
    isThere: function (tile, zoom) {
      const { there } = this.base;
      const box = there && there[String(zoom)];
      return !there || Boolean(box && tile.x >= box[0] && tile.y >= box[1] && tile.x <= box[2] && tile.y <= box[3]);
    },

    imageOf: function (address, tile, zoom) {
      const hosts = this.base.hosts || [""];
      const values = { x: tile.x, y: tile.y, z: zoom, host: hosts[(tile.x + tile.y) % hosts.length], key: encodeURIComponent(this.key) };
      const image = document.createElement("img");
      const come = new Promise((done) => (image.onload = image.onerror = done));
      image.alt = "";
      image.src = Enping.fill(address, values);
      image.style.left = tile.left + "px";
      image.style.top = tile.top + "px";
      return { image, come };
    },

    /** Kept when all tiles in view are there, or after a while. */
    loaded: function () {
      return new Promise((done) => {
        setTimeout(done, MOST_WAIT_MS);
        if (this._map && this.isLoading()) {
          this.once("load", done);
        } else {
          done();
        }
      });
    },
  });

  /** One picture, drawn cell by cell between the nodes of its net. */
  const Picture = L.Layer.extend({
    options: { pane: "base" },
    word: "page.layer_base",

    initialize: function (page, base) {
      this.base = base;
      this.image = new Image();
      this.come = new Promise((done) => (this.image.onload = done));
      this.image.src = base.src;
      this.come.then(() => this.draw());
    },

    beforeAdd: basePane,

    onAdd: function () {
      this.canvas = L.DomUtil.create("canvas", "picture", this.getPane());
      this.canvas.setAttribute("aria-hidden", "true");
      this.draw();
    },

    onRemove: function () {
      this.canvas.remove();
    },

    getEvents: function () {
      return { moveend: this.draw, zoomend: this.draw, resize: this.draw, viewreset: this.draw };
    },

    loaded: function () {
      return this.come;
    },

    draw: function () {
      if (!this._map || !this.image.complete || !this.image.naturalWidth) {
        return;
      }
      const { pen, ratio, wide, high, origin, scale } = Enping.fitCanvas(this._map, this.canvas);
      const { net, cells, size } = this.base;
      pen.globalAlpha = PALE;
      const node = function (row, column) {
        const at = 2 * (row * (cells + 1) + column);
        return [Enping.worldX(net[at]) * scale - origin.x, Enping.worldY(net[at + 1]) * scale - origin.y];
      };
      const [w, h] = size.map((pixels) => pixels / cells);
      for (let row = 0; row < cells; row += 1) {
        for (let column = 0; column < cells; column += 1) {
          const [a, b, c, d] = [node(row, column), node(row, column + 1), node(row + 1, column), node(row + 1, column + 1)];
          const xs = [a[0], b[0], c[0], d[0]];
          const ys = [a[1], b[1], c[1], d[1]];
          const isSeen = Math.max(...xs) > 0 && Math.min(...xs) < wide && Math.max(...ys) > 0 && Math.min(...ys) < high;
          if (isSeen) {
            const along = (from, to, pixels, axis) => ((to[axis] - from[axis]) / pixels) * ratio;
            pen.setTransform(along(a, b, w, 0), along(a, b, w, 1), along(a, c, h, 0), along(a, c, h, 1), a[0] * ratio, a[1] * ratio);
            pen.drawImage(this.image, column * w, row * h, w, h, 0, 0, w, h);
          }
        }
      }
    },
  });

  function basePane(map) {
    if (!map.getPane("base")) {
      map.createPane("base").style.zIndex = "250";
      map.getPane("base").style.pointerEvents = "none";
    }
  }

  /** @param {any} page @returns {L.Layer} */
  function baseMap(page) {
    const { base } = page.data;
    page.base = base.kind === "picture" ? new Picture(page, base) : new Tiles(page, base);
    return page.base;
  }

  /** Ask for the key that the page was not given; it is in no file, address or storage. */
  function addKeyBox(page) {
    const { base } = page;
    if (!base || !base.base.needsKey || base.key) {
      return;
    }
    const { say } = page;
    const { element, button } = Enping;
    const field = /** @type {HTMLInputElement} */ (element("input"));
    field.type = "password";
    field.autocomplete = "off";
    field.setAttribute("aria-label", say("page.key"));
    const box = element("div", "over key-box", null, [
      element("b", "", say("page.key")), element("p", "small", say("page.key_note")), field,
      element("div", "tools", null, [button("tool", say("page.key_use"), use), button("tool", say("page.key_without"), () => box.remove())]),
    ]);
    function use() {
      if (field.value.trim()) {
        base.setKey(field.value.trim());
        box.remove();
      }
    }
    field.addEventListener("keydown", (event) => event.key === "Enter" && use());
    L.DomEvent.disableClickPropagation(box);
    page.place(page.map.getContainer(), box);
  }

  Object.assign(Enping, { baseMap, addKeyBox, tilesOver, shiftOf });
})((globalThis.Enping = globalThis.Enping || {}));
