"use strict";
/* Towns, streets and the park: lines and names, never a fill that could hide a plot. */
(function (/** @type {any} */ Enping) {
  const NAMES_FROM_PX = 70;

  const PlaceLayer = L.LayerGroup.extend({
    /**
     * @param {object} data
     * @param {string[]} kinds kinds of places this layer shows
     */
    initialize: function (data, kinds) {
      L.LayerGroup.prototype.initialize.call(this, []);
      this.data = data;
      this.kinds = kinds;
      this.word = kinds.includes("park") ? "page.layer_park" : "page.layer_places";
      this.places = [];
      this.names = [];
      Enping.page.toFill.push(this);
    },

    /** Take over the places, once they are unpacked. */
    fill: function () {
      this.places = this.data.places.filter((place) => this.kinds.includes(place.kind) && place.rings);
      if (this._map) {
        this.onAdd(this._map);
      }
    },

    onAdd: function (map) {
      if (!map.getPane("places")) {
        map.createPane("places").style.zIndex = "350";
        map.createPane("names").style.zIndex = "355";
        map.getPane("places").style.pointerEvents = "none";
        map.getPane("names").style.pointerEvents = "none";
      }
      if (!this.getLayers().length) {
        this.places.forEach((place) => this.draw(place));
      }
      L.LayerGroup.prototype.onAdd.call(this, map);
      map.off("zoomend viewreset", this.showNames, this);
      map.on("zoomend viewreset", this.showNames, this);
      this.showNames();
    },

    onRemove: function (map) {
      map.off("zoomend viewreset", this.showNames, this);
      L.LayerGroup.prototype.onRemove.call(this, map);
    },

    draw: function (place) {
      const park = place.kind === "park";
      const lines = outlines(place);
      // The pale ground of the county would hide a base map.
      if (!park && !this.data.base) {
        this.addLayer(
          L.polygon(lines, { pane: "places", stroke: false, fillColor: "#F7F6F2", fillOpacity: 1, interactive: false })
        );
      }
      this.addLayer(
        L.polygon(lines, {
          pane: "places",
          fill: false,
          interactive: false,
          color: park ? "#6B4FA0" : "#8A8F96",
          weight: park ? 2.2 : 1.3,
          dashArray: place.schematic ? "9 5" : null,
        })
      );
      this.nameOf(place, lines);
    },

    nameOf: function (place, lines) {
      const label = document.createElement("span");
      label.textContent = place.name;
      label.className = place.kind === "park" ? "place-name park" : "place-name";
      const icon = L.divIcon({ className: "place-anchor", html: label, iconSize: [0, 0] });
      const bounds = L.latLngBounds(lines.flat());
      // The park is full of plots, which would hide a name in its middle.
      const top = [bounds.getNorth(), bounds.getCenter().lng];
      const at = place.kind === "park" ? top : [place.at[1], place.at[0]];
      const marker = L.marker(at, {
        pane: "names",
        icon: icon,
        interactive: false,
        keyboard: false,
      });
      this.names.push({ label: label, bounds: bounds, place: place });
      this.addLayer(marker);
    },

    /** Say the names in the language of the page. */
    speak: function () {
      this.names.forEach((name) => {
        name.label.textContent = name.place.name;
      });
    },

    /** Names go where symbols already carry them, and where the place is too small. */
    showNames: function () {
      const map = this._map;
      if (!map) {
        return;
      }
      const symbols = Enping.page && Enping.page.parcels && Enping.page.parcels.level() === "units";
      this.names.forEach(function (name) {
        const a = map.latLngToLayerPoint(name.bounds.getNorthWest());
        const b = map.latLngToLayerPoint(name.bounds.getSouthEast());
        name.label.hidden = Boolean(symbols) || b.x - a.x < NAMES_FROM_PX;
      });
    },
  });

  /** @returns {number[][][]} rings of latitude, longitude */
  function outlines(place) {
    place.world = place.world || Enping.decode(place.rings);
    return place.world.map(function (ring) {
      const out = [];
      for (let i = 0; i < ring.length; i += 2) {
        out.push([Enping.latitudeOf(ring[i + 1]), Enping.longitudeOf(ring[i])]);
      }
      return out;
    });
  }

  /**
   * Names of the places that hold a position, town before park.
   * @param {object} data
   * @param {L.LatLng} latlng
   * @returns {object[]}
   */
  function placesAt(data, latlng) {
    const x = Enping.worldX(latlng.lng);
    const y = Enping.worldY(latlng.lat);
    return data.places.filter(function (place) {
      if (!place.rings) {
        return false;
      }
      place.world = place.world || Enping.decode(place.rings);
      return Enping.contains(place.world, x, y);
    });
  }

  Object.assign(Enping, { PlaceLayer, placesAt, outlines });
})((globalThis.Enping = globalThis.Enping || {}));
