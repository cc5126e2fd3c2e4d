"use strict";
/* The layer of findings: the ground of overlaps and gaps, lines, and a mark for each finding.
   Where plots are drawn as unit symbols, the marks stand at the symbols. */
(function (/** @type {any} */ Enping) {
  const APART_PX = 36;
  const REACH_PX = 12;
  const FINGER_PX = 20;
  const POINT_ZOOM = 20;
  const CLOSEST_ZOOM = 21.5;
  const LEAST_SHAPE_PX = 1.5;
  const GROUND = "rgba(27, 31, 36, 0.6)";
  const INK = "#1B1F24";

  /** Decode shapes and give every finding its place: its own, or else that of its first plot. */
  function prepared(data, plots) {
    data.rows.forEach(function (row, i) {
      row.index = i;
      const plot = plots[row.plots.find((each) => plots[each].at)];
      const at = row.at || (plot && plot.at);
      row.onPlot = row.at || !plot ? -1 : plot.index;
      row.ground = Boolean(data.rules[row.rule].ground);
      row.rings = Enping.decode(row.rings || []);
      row.lines = Enping.decode(row.lines || []);
      row.placed = Boolean(at);
      if (at) {
        row.x = Enping.worldX(at[0]);
        row.y = Enping.worldY(at[1]);
      }
      const drawn = row.rings.concat(row.lines);
      row.box = drawn.length ? Enping.extent(drawn) : null;
    });
    return data.rows;
  }

  /** Put a row into the list of a key. */
  function add(lists, key, row) {
    const list = lists.get(key);
    if (list) {
      list.push(row);
    } else {
      lists.set(key, [row]);
    }
  }

  const FindingLayer = L.Layer.extend({
    options: { pane: "findings" },
    word: "page.layer_findings",

    initialize: function (page) {
      this.page = page;
      page.findings = this;
      this.data = { rules: [], severities: [], rows: [] };
      this.rows = [];
      this.groups = [];
      this.byPlot = new Map();
      this.marks = [];
      this.clusters = { key: "", marks: [] };
      this.selected = null;
      this.version = 0;
      page.toFill.push(this);
    },

    /** Take over the findings, once they are unpacked. */
    fill: function () {
      this.data = this.page.data.findings;
      this.rows = prepared(this.data, this.page.data.plots);
      this.groups = Enping.groupsOf(this.rows);
      this.rows.forEach((row) => row.plots.forEach((i) => add(this.byPlot, i, row)));
      this.version += 1;
      this.redraw();
    },

    beforeAdd: function (map) {
      if (!map.getPane("findings")) {
        // Above plots and the outline of the selected one, below what lies over the map.
        map.createPane("findings").style.zIndex = "395";
        map.getPane("findings").style.pointerEvents = "none";
      }
    },

    onAdd: function () {
      this.canvas = L.DomUtil.create("canvas", "findings", this.getPane());
      this.canvas.setAttribute("aria-hidden", "true");
      this.redraw();
    },

    onRemove: function () {
      this.canvas.remove();
      this.marks = [];
    },

    getEvents: function () {
      return { moveend: this.afterMap, zoomend: this.afterMap, resize: this.afterMap, move: this.onMove };
    },

    /** Draw again whenever the plots are drawn. */
    follow: function () {
      this.page.parcels.on("drawn remove", this.redraw, this);
      this.redraw();
    },

    /** Without plots on the map nobody else says when to draw. */
    afterMap: function () {
      if (!this.page.parcels || !this._map.hasLayer(this.page.parcels)) {
        this.redraw();
      }
    },

    onMove: function () {
      if (this.drawnAt && Enping.nearEdge(this._map, this.drawnAt)) {
        this.afterMap();
      }
    },

    /** @returns {object[]} findings of the groups that are on, the gravest first */
    shown: function () {
      return this.groups.filter((group) => group.on).flatMap((group) => group.rows);
    },

    /** @param {object[]} groups @param {boolean} on */
    show: function (groups, on) {
      groups.forEach((group) => {
        group.on = on;
      });
      this.version += 1;
      this.redraw();
      this.fire("filtered");
    },

    redraw: function () {
      const parcels = this.page.parcels;
      if (!this._map || !this.canvas || !parcels) {
        return;
      }
      Object.assign(this, Enping.fitCanvas(this._map, this.canvas));
      const symbols = this._map.hasLayer(parcels) && parcels.drawn === "units";
      const rows = this.shown().filter((row) => row.placed);
      if (!symbols) {
        rows.forEach((row) => this.drawShape(row));
      }
      if (this.selected) {
        this.drawSelected(this.selected, symbols);
      }
      this.marks = symbols ? this.unitMarks(rows) : this.placeMarks(rows);
      // The gravest last, so that none hides it.
      this.marks.slice().reverse().forEach((mark) => Enping.drawMark(this.pen, mark.x, mark.y, mark));
      if (this.selected && this.selected.placed && !symbols) {
        const look = { severity: this.selected.severity, count: 1, selected: true };
        Enping.drawMark(this.pen, this.toX(this.selected.x), this.toY(this.selected.y), look);
      }
    },

    toX: function (x) {
      return x * this.scale - this.origin.x;
    },

    toY: function (y) {
      return y * this.scale - this.origin.y;
    },

    markOf: function (x, y, rows) {
      return { x: x, y: y, rows: rows, severity: rows[0].severity, count: rows.length };
    },

    /** Marks at the places of findings; which stand for several does not change with the view. */
    placeMarks: function (rows) {
      const key = this.scale + "/" + this.version;
      if (this.clusters.key !== key) {
        const places = rows.map((row) => ({ x: row.x * this.scale, y: row.y * this.scale }));
        this.clusters = { key: key, marks: Enping.gathered(places, APART_PX) };
      }
      const near = (mark) =>
        mark.x >= this.origin.x - APART_PX && mark.x <= this.origin.x + this.wide + APART_PX &&
        mark.y >= this.origin.y - APART_PX && mark.y <= this.origin.y + this.high + APART_PX;
      return this.clusters.marks.filter(near).map((mark) => {
        const members = mark.members.map((i) => rows[i]);
        return this.markOf(mark.x - this.origin.x, mark.y - this.origin.y, members);
      });
    },

    /** One mark at the shoulder of each unit symbol; findings of no unit keep their place. */
    unitMarks: function (rows) {
      const plots = this.page.data.plots;
      const units = new Map(this.page.parcels.units.map((unit) => [unit.key, unit]));
      const of = new Map();
      const free = [];
      rows.forEach(function (row) {
        const unit = row.plots.length ? units.get(plots[row.plots[0]].unit) : undefined;
        if (unit) {
          add(of, unit, row);
        } else {
          free.push(row);
        }
      });
      const marks = Array.from(of, ([unit, members]) =>
        this.markOf(unit.px + unit.r * 0.72, unit.py - unit.r * 0.72, members));
      const places = free.map((row) => ({ x: this.toX(row.x), y: this.toY(row.y) }));
      Enping.gathered(places, APART_PX).forEach((mark) => {
        marks.push(this.markOf(mark.x, mark.y, mark.members.map((i) => free[i])));
      });
      return marks.sort((a, b) => a.severity - b.severity);
    },

    trace: function (paths, closed) {
      const pen = this.pen;
      pen.beginPath();
      for (const path of paths) {
        pen.moveTo(this.toX(path[0]), this.toY(path[1]));
        for (let i = 2; i < path.length; i += 2) {
          pen.lineTo(this.toX(path[i]), this.toY(path[i + 1]));
        }
        if (closed) {
          pen.closePath();
        }
      }
    },

    strokes: function (lines) {
      lines.forEach(([colour, width]) => {
        this.pen.strokeStyle = colour;
        this.pen.lineWidth = width;
        this.pen.stroke();
      });
    },

    /** The ground of an overlap or a gap in ink at 60 %; of other findings the outline alone. */
    drawShape: function (row) {
      const box = row.box;
      if (!box || !this.isNear(box)) {
        return;
      }
      if (Math.max(box[2] - box[0], box[3] - box[1]) * this.scale < LEAST_SHAPE_PX) {
        return;
      }
      const pen = this.pen;
      pen.lineJoin = "round";
      if (row.rings.length) {
        this.trace(row.rings, true);
        // White beside the ink keeps it apart from dark plots.
        this.strokes(row.ground ? [["#FFFFFF", 3]] : [["#FFFFFF", 3.5], [INK, 1.6]]);
        if (row.ground) {
          pen.fillStyle = GROUND;
          pen.fill("evenodd");
          this.strokes([[INK, 1]]);
        }
      }
      if (row.lines.length) {
        this.trace(row.lines, false);
        this.strokes([["#FFFFFF", 4.5], [INK, 2]]);
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

    /** The plots concerned in ink, the finding itself as what is selected. */
    drawSelected: function (row, symbols) {
      if (symbols) {
        return;
      }
      this.pen.lineJoin = "round";
      const plots = row.plots.map((i) => this.page.data.plots[i]).filter((plot) => plot.isPlaced);
      plots.forEach((plot) => {
        this.trace(plot.rings, true);
        this.strokes([[INK, 2]]);
      });
      [[row.rings, true], [row.lines, false]].forEach(([paths, closed]) => {
        if (paths.length) {
          this.trace(paths, closed);
          this.strokes([["#FFFFFF", 6], ["#D6007F", 3]]);
        }
      });
    },

    /**
     * @param {L.Point} point in the container
     * @returns {object|null} the mark there
     */
    at: function (point) {
      if (!this._map || !this.canvas) {
        return null;
      }
      const { x, y } = Enping.onCanvas(this._map, this.canvas, point);
      const reach = window.matchMedia("(pointer: coarse)").matches ? FINGER_PX : REACH_PX;
      let found = null;
      let least = reach;
      this.marks.forEach(function (mark) {
        const away = Math.hypot(mark.x - x, mark.y - y);
        if (away < least) {
          least = away;
          found = mark;
        }
      });
      return found;
    },

    /** A mark of several comes apart by zooming in; where it cannot, the card lists them all. */
    click: function (mark) {
      const map = this._map;
      const zoom = this.zoomApart(mark.rows);
      if (zoom >= map.getZoom() + 0.5) {
        map.setView(this.places(mark.rows).getCenter(), zoom, { animate: false });
        return;
      }
      const [first] = mark.rows;
      if (this.page.parcels.drawn === "units") {
        this.goto(first.index, mark.rows);
        return;
      }
      this.open(first, mark.rows);
      this.page.keepInView([Enping.latitudeOf(first.y), Enping.longitudeOf(first.x)]);
    },

    /** Zoom at which findings are seen apart, or 0 where they never come apart. */
    zoomApart: function (rows) {
      const [west, north, east, south] = Enping.extent(rows.map((row) => [row.x, row.y]));
      if (Math.hypot(east - west, south - north) * 256 * Math.pow(2, CLOSEST_ZOOM) < APART_PX) {
        return 0;
      }
      return Math.min(this._map.getBoundsZoom(this.places(rows).pad(0.3)), CLOSEST_ZOOM);
    },

    /** Bounds of the places of findings, whatever their shapes. */
    places: function (rows) {
      return L.latLngBounds(rows.map((row) => [Enping.latitudeOf(row.y), Enping.longitudeOf(row.x)]));
    },

    /** Open the card of a finding. @param {object} row @param {object[]} [here] all at its mark */
    open: function (row, here) {
      const group = this.groups.find((each) => each.rule === row.rule && each.severity === row.severity);
      if (!group.on) {
        this.show([group], true);
      }
      const page = this.page;
      page.reveal((box) => Enping.showFinding(box, page, row, here || [row]), true, { finding: row });
    },

    /**
     * Show a finding: its place comes to the middle of the map, its card opens.
     * @param {number} index
     * @param {object[]} [here] all at the mark that was clicked
     * @returns {Promise<void>} done when drawn
     */
    goto: function (index, here) {
      const row = this.rows[index];
      if (!row) {
        throw new RangeError("no finding " + index);
      }
      this.page.hideHover();
      this.open(row, here);
      if (row.placed) {
        const at = [Enping.latitudeOf(row.y), Enping.longitudeOf(row.x)];
        this.page.map.setView(at, this.zoomFor(row), { animate: false });
      }
      return this.page.painted();
    },

    /** Zoom at which a finding fills about half the view, or its surroundings can be seen. */
    zoomFor: function (row) {
      if (row.onPlot >= 0) {
        return this.page.zoomFor(this.page.data.plots[row.onPlot]);
      }
      const extent = row.box ? Math.max(row.box[2] - row.box[0], row.box[3] - row.box[1]) : 0;
      if (!extent) {
        return POINT_ZOOM;
      }
      const [west, north, east, south] = row.box;
      const bounds = L.latLngBounds([
        [Enping.latitudeOf(north), Enping.longitudeOf(west)],
        [Enping.latitudeOf(south), Enping.longitudeOf(east)],
      ]);
      return Math.min(this.page.map.getBoundsZoom(bounds.pad(0.6)), CLOSEST_ZOOM);
    },

    /** @param {object|null} row */
    select: function (row) {
      if (this.selected !== row) {
        this.selected = row;
        this.redraw();
      }
    },

    /** What tests and other programs may know of each finding. */
    list: function () {
      const { data, page } = this;
      const on = new Set(this.shown());
      return this.rows.map((row) => ({
        index: row.index,
        rule: data.rules[row.rule].code,
        severity: data.severities[row.severity].code,
        parcels: row.plots.map((i) => page.data.plots[i].id).concat(row.elsewhere || []),
        message: row.message,
        cure: row.cure || "",
        size: row.size || "",
        at: row.placed ? [Enping.latitudeOf(row.y), Enping.longitudeOf(row.x)] : null,
        shown: on.has(row),
      }));
    },
  });

  Enping.FindingLayer = FindingLayer;
})((globalThis.Enping = globalThis.Enping || {}));
