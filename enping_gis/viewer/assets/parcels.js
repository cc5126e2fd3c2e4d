"use strict";
/* The parcel layer: all plots on one canvas. Another layer may take its place when it offers
   plots, at(latlng), unitAt(point), bounds(indexes), outline(index), highlight() and redraw(). */
(function (Enping) {
  const SHAPES_PX = 4;
  const LABELS_PX = 14;
  const SEAT_PX = 8;
  const LONELY_PX = 24;
  const MOST_DETAILED = 3000;

  /**
   * Decode what the page carries and add what drawing needs.
   * @param {object[]} plots
   * @returns {object[]} the same objects, with rings in unit Mercator, box, x, y, index
   */
  function prepared(plots) {
    plots.forEach(function (plot, i) {
      plot.index = i;
      if (plot.rings) {
        plot.rings = Enping.decode(plot.rings);
        plot.box = Enping.extent(plot.rings);
        plot.x = Enping.worldX(plot.at[0]);
        plot.y = Enping.worldY(plot.at[1]);
        plot.side = Math.sqrt((plot.box[2] - plot.box[0]) * (plot.box[3] - plot.box[1]));
      }
    });
    return plots;
  }

  /** Distance to the nearest other plot in unit Mercator; unknown where there are too many. */
  function isolation(plots) {
    const placed = plots.filter((plot) => plot.rings);
    placed.forEach(function (plot) {
      plot.alone = placed.length > MOST_DETAILED ? 0 : Infinity;
    });
    if (placed.length > MOST_DETAILED) {
      return;
    }
    for (let i = 0; i < placed.length; i += 1) {
      for (let j = i + 1; j < placed.length; j += 1) {
        const away = Math.hypot(placed[i].x - placed[j].x, placed[i].y - placed[j].y);
        placed[i].alone = Math.min(placed[i].alone, away);
        placed[j].alone = Math.min(placed[j].alone, away);
      }
    }
  }

  const ParcelLayer = L.Layer.extend({
    options: { pane: "parcels" },

    initialize: function (data) {
      this.data = data;
      this.plots = prepared(data.plots);
      isolation(this.plots);
      this.units = data.places.length ? Enping.unitsOf(this.plots, data.places, data.units) : [];
      this.boxes = new Enping.BoxGrid(this.plots.map((plot) => plot.box || null));
      const sides = this.plots.filter((plot) => plot.rings).map((plot) => plot.side);
      sides.sort((a, b) => a - b);
      this.medianSide = sides.length ? sides[sides.length >> 1] : 0;
      this.shown = [];
      this.hovered = -1;
      this.selected = -1;
    },

    beforeAdd: function (map) {
      if (!map.getPane("parcels")) {
        map.createPane("parcels").style.zIndex = "380";
        map.createPane("marks").style.zIndex = "390";
        map.getPane("parcels").style.pointerEvents = "none";
        map.getPane("marks").style.pointerEvents = "none";
      }
    },

    onAdd: function () {
      this.canvas = L.DomUtil.create("canvas", "parcels", this.getPane());
      this.canvas.setAttribute("aria-hidden", "true");
      this.marks = L.featureGroup([]).addTo(this._map);
      this.redraw();
      this.highlight();
    },

    onRemove: function () {
      this.marks.remove();
      this.canvas.remove();
      this.shown = [];
    },

    getEvents: function () {
      return { moveend: this.redraw, zoomend: this.redraw, resize: this.redraw, move: this.onMove };
    },

    onMove: function () {
      if (Enping.nearEdge(this._map, this.drawnAt)) {
        this.redraw();
      }
    },

    /** Pixels per unit of Mercator at the present zoom. */
    worldPixels: function () {
      return Enping.worldPixels(this._map);
    },

    /** "units", "shapes" or "plots", by the side of the median plot on the screen. */
    level: function () {
      const side = this.medianSide * this.worldPixels();
      if (side < SHAPES_PX && this.units.length) {
        return "units";
      }
      return side < LABELS_PX ? "shapes" : "plots";
    },

    redraw: function () {
      if (!this._map || !this.canvas) {
        return;
      }
      Object.assign(this, Enping.fitCanvas(this._map, this.canvas));
      this.brush = new Enping.Brush(this.pen, this.ratio);
      this.drawn = this.level();
      this.shown = [];
      if (this.drawn === "units") {
        this.drawUnits();
      } else {
        this.drawPlots();
      }
      this.fire("drawn");
    },

    toX: function (x) {
      return x * this.scale - this.origin.x;
    },

    toY: function (y) {
      return y * this.scale - this.origin.y;
    },

    drawPlots: function () {
      const inView = this.plots.filter((plot) => plot.rings && this.isNear(plot.box));
      this.shown = inView;
      const detailed = inView.length <= MOST_DETAILED;
      inView.forEach((plot) => this.drawPlot(plot, detailed));
      if (this.drawn === "plots" && detailed) {
        const labels = new Enping.Labels(this.pen, this.data);
        const largest = inView.slice().sort((a, b) => b.depth - a.depth || a.index - b.index);
        largest.forEach((plot) => {
          this.mark(plot, labels);
        });
      }
    },

    isNear: function (box) {
      return (
        this.toX(box[2]) >= 0 &&
        this.toX(box[0]) <= this.wide &&
        this.toY(box[3]) >= 0 &&
        this.toY(box[1]) <= this.high
      );
    },

    drawPlot: function (plot, detailed) {
      const pen = this.pen;
      const status = this.data.statuses[plot.status];
      const x = this.toX(plot.x);
      const y = this.toY(plot.y);
      if (plot.side * this.scale < 7 && plot.alone * this.scale > LONELY_PX) {
        Enping.circle(pen, x, y, 5, "#FFFFFF", null, 0);
        Enping.circle(pen, x, y, 3.5, status.colour, status.stroke, 1);
        return;
      }
      this.trace(plot.rings);
      pen.fillStyle = status.colour;
      pen.fill("evenodd");
      if (detailed && this.drawn === "plots") {
        if (status.pattern === "hatch") {
          pen.fillStyle = this.brush.hatch("#FFFFFF", 2.4, true, x, y);
          pen.fill("evenodd");
        }
        if (plot.doneM2) {
          pen.fillStyle = this.brush.hatch(this.data.statuses[plot.doneStatus].colour, 2.6, false, x, y);
          pen.fill("evenodd");
        }
      }
      pen.strokeStyle = status.stroke;
      pen.lineWidth = this.drawn === "plots" ? 1.4 : detailed ? 0.9 : 0.5;
      pen.setLineDash(detailed && this.drawn === "plots" ? Enping.dash(plot.line) : []);
      pen.stroke();
      pen.setLineDash([]);
    },

    /** Write on a plot; the inner point keeps the plain colour, so that the status can be read. */
    mark: function (plot, labels) {
      const status = this.data.statuses[plot.status];
      const x = this.toX(plot.x);
      const y = this.toY(plot.y);
      const depth = plot.depth * this.scale;
      if (status.pattern !== "hatch" && !plot.doneM2) {
        labels.write(plot, x, y, depth);
        return;
      }
      const inside = (px, py) =>
        Enping.contains(plot.rings, (px + this.origin.x) / this.scale, (py + this.origin.y) / this.scale);
      if (!labels.plate(plot, x, y, depth, inside) && plot.side * this.scale >= 7) {
        // Less than the depth: the outline stays whole.
        Enping.circle(this.pen, x, y, Math.min(SEAT_PX, Math.max(depth - 1, 1)), status.colour, null, 0);
      }
    },

    trace: function (rings) {
      const pen = this.pen;
      pen.beginPath();
      for (const ring of rings) {
        pen.moveTo(this.toX(ring[0]), this.toY(ring[1]));
        for (let i = 2; i < ring.length; i += 2) {
          pen.lineTo(this.toX(ring[i]), this.toY(ring[i + 1]));
        }
        pen.closePath();
      }
    },

    drawUnits: function () {
      const phone = this._map.getSize().x < 500;
      const below = Enping.SYMBOL_LABEL_PX[phone ? "phone" : "desk"];
      const most = this.units[0].areaM2;
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
      this.shown = this.plots.filter((plot) => plot.rings && this.isNear(plot.box));
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
      if (!this._map || this.drawn === "units") {
        return -1;
      }
      const x = Enping.worldX(latlng.lng);
      const y = Enping.worldY(latlng.lat);
      const found = this.boxes.at(x, y).filter((i) => Enping.contains(this.plots[i].rings, x, y));
      return found.length ? found[found.length - 1] : this.discAt(x, y);
    },

    discAt: function (x, y) {
      const reach = 8 / this.scale;
      const disc = this.shown.find(
        (plot) => plot.side * this.scale < 7 && Math.hypot(plot.x - x, plot.y - y) < reach
      );
      return disc ? disc.index : -1;
    },

    /**
     * @param {L.Point} point in the container
     * @returns {object|null} the unit whose symbol is there
     */
    unitAt: function (point) {
      if (!this._map || this.drawn !== "units") {
        return null;
      }
      const { x, y } = Enping.onCanvas(this._map, this.canvas, point);
      return this.units.find((unit) => Math.hypot(unit.px - x, unit.py - y) <= unit.r) || null;
    },

    /**
     * @param {number[]} indexes
     * @returns {L.LatLngBounds|null}
     */
    bounds: function (indexes) {
      const bounds = L.latLngBounds([]);
      indexes.forEach(function (i) {
        const box = this.plots[i].box;
        if (box) {
          bounds.extend([Enping.latitudeOf(box[1]), Enping.longitudeOf(box[0])]);
          bounds.extend([Enping.latitudeOf(box[3]), Enping.longitudeOf(box[2])]);
        }
      }, this);
      return bounds.isValid() ? bounds : null;
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
      if (!this._map) {
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
      if (this.selected >= 0) {
        line(this.selected, "#FFFFFF", 6);
        line(this.selected, "#D6007F", 3);
      }
    },
  });

  Enping.ParcelLayer = ParcelLayer;
})((globalThis.Enping = globalThis.Enping || {}));
