"use strict";
/* The parcel layer: plots on canvas tiles, symbols and labels on one canvas above them. The page
   talks to it through plots, units, level(), drawn, at(latlng), unitAt(point), inView(),
   bounds(indexes), outline(index), highlight(), repaint(), settled() and redraw(). */
(function (/** @type {any} */ Enping) {
  const SHAPES_PX = 4;
  const LABELS_PX = 14;
  const SEAT_PX = 8;
  const DISC_REACH_PX = 8;
  const MOST_DETAILED = 3000;
  const LEAST_LABEL_PX = 22;

  const ParcelLayer = L.Layer.extend({
    options: { pane: "parcels" },
    word: "page.layer_parcels",

    initialize: function (data) {
      this.data = data;
      this.plots = [];
      this.units = [];
      this.drawn = "";
      this.hovered = -1;
      this.selected = -1;
      this.chosen = [];
      this.table = null;
      this.slices = Enping.browserSlices();
    },

    /** Take over the plots, once they are unpacked. */
    fill: function () {
      const { table, places, units } = this.data;
      this.table = table;
      this.plots = table.plots;
      this.hasUnits = places.length > 0;
      this.regroup();
      this.tree = new Enping.BoxTree(table.outlines.boxes);
      this.painter = new Enping.Painter(table, this.tree, this.data.statuses);
    },

    /** Count the symbols anew: statuses or the filter changed. */
    regroup: function () {
      const { places, units } = this.data;
      const seen = (plot) => !this.table.mask || this.table.mask[plot.index] === 1;
      this.units = this.hasUnits ? Enping.unitsOf(this.plots, places, units, seen) : [];
    },

    /** From now on no frame waits for what is drawn. */
    calm: function () {
      this.slices.isHasty = false;
    },

    beforeAdd: function (map) {
      if (!map.getPane("parcels")) {
        map.createPane("parcels").style.zIndex = "380";
        map.createPane("marks").style.zIndex = "390";
        map.getPane("parcels").style.pointerEvents = "none";
        map.getPane("marks").style.pointerEvents = "none";
      }
    },

    onAdd: function (map) {
      const draw = (pen, tile) => this.painter.tile(pen, tile, this.drawn, this.isDetailed);
      this.tiles = new Enping.TileBoard(map, this.getPane(), draw, this.slices);
      this.canvas = L.DomUtil.create("canvas", "parcels", this.getPane());
      this.canvas.setAttribute("aria-hidden", "true");
      this.fittedAt = NaN;
      this.marks = L.featureGroup([]).addTo(map);
      this.redraw();
      this.highlight();
    },

    onRemove: function () {
      this.marks.remove();
      this.tiles.remove();
      this.canvas.remove();
    },

    getEvents: function () {
      return { moveend: this.redraw, resize: this.redraw, viewreset: this.redraw, move: this.onMove, zoom: this.onZoom };
    },

    onMove: function () {
      if (!this.table) {
        return;
      }
      if (this.drawn === "units") {
        if (Enping.nearEdge(this._map, this.drawnAt)) {
          this.redraw();
        }
      } else if (this.tiles.level && this.tiles.level.zoom === this._map.getZoom()) {
        this.tiles.update();
      }
    },

    /** While fingers stretch the map, so are the tiles. */
    onZoom: function () {
      this.tiles.place();
    },

    /** Pixels per unit of Mercator at the present zoom. */
    worldPixels: function () {
      return Enping.worldPixels(this._map);
    },

    /** "units", "shapes" or "plots", by the side of the median plot on the screen. */
    level: function () {
      const side = this.data.side * this.worldPixels();
      if (side < SHAPES_PX && this.hasUnits) {
        return "units";
      }
      return side < LABELS_PX ? "shapes" : "plots";
    },

    redraw: function () {
      if (!this._map || !this.canvas || !this.table) {
        return;
      }
      const before = this.drawn + this.isDetailed;
      this.drawn = this.level();
      this.isDetailed = !this.tree.exceeds(...this.view(0), MOST_DETAILED);
      if (this.drawn === "units") {
        this.tiles.clear();
        this.fit();
        this.drawUnits();
      } else {
        if (this._map.getZoom() !== this.fittedAt) {
          this.empty();
        }
        if (before !== this.drawn + this.isDetailed) {
          this.tiles.version += 1;
        }
        this.tiles.update();
        this.slices.add(this.labelling());
      }
      this.fire("drawn");
    },

    /** Paint anew after colours or the filter changed. */
    repaint: function () {
      if (this.tiles) {
        this.tiles.version += 1;
        this.redraw();
      }
    },

    /** @returns {Promise<void>} kept when all that was asked for is drawn */
    settled: function () {
      return this.slices.settled();
    },

    /** Empty the canvas of symbols and labels and lay it over the view. */
    fit: function () {
      Object.assign(this, Enping.fitCanvas(this._map, this.canvas));
      this.brush = new Enping.Brush(this.pen, this.ratio);
      this.fittedAt = this._map.getZoom();
      this.isEmpty = false;
    },

    /** Take symbols and labels away, where there are any. */
    empty: function () {
      if (!this.isEmpty) {
        this.fit();
        this.isEmpty = true;
      }
    },

    /** The view in steps of the world. @param {number} margin in pixels */
    view: function (margin) {
      const bounds = this._map.getPixelBounds();
      const pixels = this.worldPixels() / this.table.outlines.steps;
      return [bounds.min.x - margin, bounds.min.y - margin, bounds.max.x + margin, bounds.max.y + margin].map(
        (side) => side / pixels
      );
    },

    /** What is in view. @returns {{count: number, areaM2: number}} */
    inView: function () {
      return this._map && this.table ? this.table.within(...this.view(0)) : { count: 0, areaM2: 0 };
    },

    toX: function (x) {
      return x * this.scale - this.origin.x;
    },

    toY: function (y) {
      return y * this.scale - this.origin.y;
    },

    /** Labels come when the tiles are drawn; until then the last ones move along. */
    labelling: function* () {
      const asked = (this.asked = {});
      yield;
      if (!this._map || this.asked !== asked) {
        return;
      }
      if (this.drawn !== "plots" || !this.isDetailed) {
        this.empty();
        return;
      }
      this.fit();
      const { depth } = this.table;
      const rows = this.tree.within(...this.view(this.pad.x)).filter((row) => this.isMarked(row));
      rows.sort((a, b) => depth[b] - depth[a] || a - b);
      const labels = new Enping.Labels(this.pen, this.data);
      for (const row of rows) {
        this.mark(this.plots[row], labels);
      }
    },

    /** Whether there is room for a label, or a hatch to keep clear of. */
    isMarked: function (row) {
      const { painter, plots } = this;
      if (painter.mask && !painter.mask[row]) {
        return false;
      }
      const isHatched = this.data.statuses[painter.colours[row]].pattern === "hatch";
      return isHatched || (painter.partly && painter.partly[row]) || plots[row].depth * this.scale > LEAST_LABEL_PX;
    },

    /** Write on a plot; the inner point keeps the plain colour, so that the status can be read. */
    mark: function (plot, labels) {
      const { painter } = this;
      const status = this.data.statuses[painter.colours[plot.index]];
      const x = this.toX(plot.x);
      const y = this.toY(plot.y);
      const depth = plot.depth * this.scale;
      if (status.pattern !== "hatch" && !(painter.partly && painter.partly[plot.index])) {
        labels.write(plot, x, y, depth);
        return;
      }
      const { outlines } = this.table;
      const steps = outlines.steps / this.scale;
      const inside = (px, py) =>
        outlines.contains(plot.index, (px + this.origin.x) * steps, (py + this.origin.y) * steps);
      const side = painter.side(plot.index, this.scale / outlines.steps);
      if (!labels.plate(plot, x, y, depth, inside) && side >= Enping.SMALL_PX) {
        // Less than the depth: the outline stays whole.
        Enping.circle(this.pen, x, y, Math.min(SEAT_PX, Math.max(depth - 1, 1)), status.colour, null, 0);
      }
    },

    drawUnits: function () {
      const phone = this._map.getSize().x < 500;
      const below = Enping.SYMBOL_LABEL_PX[phone ? "phone" : "desk"];
      const most = this.units.length ? this.units[0].areaM2 : 1;
      const pen = this.pen;
      pen.font = "700 13px " + Enping.FONT;
      const boxes = this.units.map(function (unit) {
        unit.r = Enping.radius(unit.areaM2, most, phone ? 0.7 : 1);
        unit.homeX = this.toX(unit.x);
        unit.homeY = this.toY(unit.y);
        const w = Math.max(2 * unit.r, pen.measureText(unit.label).width);
        return { x: unit.homeX, y: unit.homeY + below / 2, w: w, h: 2 * unit.r + below };
      }, this);
      const at = Enping.spread(boxes, this.viewFrame(phone ? 60 : 0));
      const muWord = phone ? "" : this.data.words["page.mu"];
      this.units.forEach(function (unit, i) {
        unit.px = at[i].x;
        unit.py = at[i].y - below / 2;
      });
      // Smaller ones last, so that none is hidden.
      this.units.forEach(function (unit) {
        Enping.drawSymbol(pen, unit, this.data.statuses, this.brush, muWord);
      }, this);
    },

    /**
     * The part of the canvas that is on the screen, in its own pixels.
     * @param {number} buttons width of the column of buttons at the right
     */
    viewFrame: function (buttons) {
      const size = this._map.getSize();
      return { x: this.pad.x, y: this.pad.y, w: size.x - buttons, h: size.y };
    },

    /**
     * @param {L.LatLng} latlng
     * @returns {number} index of the topmost plot there, or -1
     */
    at: function (latlng) {
      if (!this._map || !this.table || this.drawn === "units") {
        return -1;
      }
      const { outlines } = this.table;
      const x = Enping.worldX(latlng.lng) * outlines.steps;
      const y = Enping.worldY(latlng.lat) * outlines.steps;
      let found = -1;
      this.tree.each(x, y, x, y, (row) => {
        if (row > found && this.table.stands(row) && outlines.contains(row, x, y)) {
          found = row;
        }
      });
      return found >= 0 || !this.isDetailed ? found : this.discAt(x, y);
    },

    discAt: function (x, y) {
      const scale = this.worldPixels() / this.table.outlines.steps;
      const reach = DISC_REACH_PX / scale;
      let found = -1;
      this.tree.each(x - reach, y - reach, x + reach, y + reach, (row) => {
        const away = Math.hypot(this.table.x[row] - x, this.table.y[row] - y);
        if (away < reach && this.table.stands(row) && this.painter.side(row, scale) < Enping.SMALL_PX) {
          found = row;
        }
      });
      return found;
    },

    /**
     * @param {L.Point} point in the container
     * @returns {object|null} the unit whose symbol is there
     */
    unitAt: function (point) {
      if (!this._map || !this.table || this.drawn !== "units") {
        return null;
      }
      const { x, y } = Enping.onCanvas(this._map, this.canvas, point);
      return this.units.find((unit) => Math.hypot(unit.px - x, unit.py - y) <= unit.r) || null;
    },

    /**
     * @param {Iterable<number>} indexes
     * @returns {L.LatLngBounds|null}
     */
    bounds: function (indexes) {
      const { boxes, steps } = this.table.outlines;
      let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
      for (const i of indexes) {
        if (boxes[4 * i] <= boxes[4 * i + 2]) {
          west = Math.min(west, boxes[4 * i]);
          north = Math.min(north, boxes[4 * i + 1]);
          east = Math.max(east, boxes[4 * i + 2]);
          south = Math.max(south, boxes[4 * i + 3]);
        }
      }
      const corner = (x, y) => [Enping.latitudeOf(y / steps), Enping.longitudeOf(x / steps)];
      return west <= east ? L.latLngBounds(corner(west, north), corner(east, south)) : null;
    },

    /** @param {number} index @returns {number[][][]} rings of latitude, longitude */
    outline: function (index) {
      return (this.plots[index].rings || []).map(function (ring) {
        const out = [];
        for (let i = 0; i < ring.length; i += 2) {
          out.push([Enping.latitudeOf(ring[i + 1]), Enping.longitudeOf(ring[i])]);
        }
        return out;
      });
    },

    /** Mark the selected plot and the one under the mouse; -1 is none. */
    highlight: function () {
      if (!this._map || !this.table) {
        return;
      }
      this.marks.clearLayers();
      const line = (index, colour, weight) =>
        L.polygon(this.outline(index), {
          pane: "marks",
          fill: false,
          interactive: false,
          color: colour,
          weight: weight,
        }).addTo(this.marks);
      if (this.hovered >= 0) {
        line(this.hovered, "#1B1F24", 2);
      }
      this.chosen.forEach((index) => {
        line(index, "#FFFFFF", 5);
        line(index, "#D6007F", 2.4);
      });
      if (this.selected >= 0) {
        line(this.selected, "#FFFFFF", 6);
        line(this.selected, "#D6007F", 3);
      }
    },
  });

  Enping.ParcelLayer = ParcelLayer;
})((globalThis.Enping = globalThis.Enping || {}));
