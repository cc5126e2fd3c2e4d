"use strict";
/* Measuring on the screen, on the ellipsoid's mean sphere; never added to official figures. */
(function (/** @type {any} */ Enping) {
  const { element, button } = Enping;
  const EARTH_M = 6371008.8;
  const rad = (degrees) => (degrees * Math.PI) / 180;

  /** @param {number[][]} points latitude, longitude @returns {number} metres along the line */
  function lengthOf(points) {
    let sum = 0;
    for (let i = 1; i < points.length; i += 1) {
      const [a, b] = [points[i - 1], points[i]];
      const h =
        Math.sin(rad(b[0] - a[0]) / 2) ** 2 +
        Math.cos(rad(a[0])) * Math.cos(rad(b[0])) * Math.sin(rad(b[1] - a[1]) / 2) ** 2;
      sum += 2 * EARTH_M * Math.asin(Math.sqrt(Math.min(1, h)));
    }
    return sum;
  }

  /** @param {number[][]} points latitude, longitude @returns {number} square metres inside */
  function areaOf(points) {
    let sum = 0;
    for (let i = 0; i < points.length; i += 1) {
      const [a, b] = [points[i], points[(i + 1) % points.length]];
      sum += rad(b[1] - a[1]) * (2 + Math.sin(rad(a[0])) + Math.sin(rad(b[0])));
    }
    return points.length < 3 ? 0 : Math.abs((sum * EARTH_M * EARTH_M) / 2);
  }

  /** @param {number} metres @returns {string} */
  function lengthWords(metres) {
    return metres < 1000 ? metres.toFixed(1) + " m" : (metres / 1000).toFixed(3) + " km";
  }

  /** @param {any} page */
  function addMeasure(page) {
    const { map, say } = page;
    const lines = L.layerGroup();
    const out = element("span", "measured");
    out.setAttribute("role", "status");
    const box = element("div", "over measure-box", null, [
      element("b", "", say("page.measure")), out, element("p", "small", say("page.measure_note")),
      element("div", "tools", null, [
        button("tool", say("page.measure_centre"), () => add(map.getCenter())),
        button("tool", say("page.measure_back"), back),
        button("tool", say("page.close"), () => page.measure.set(false)),
      ]),
    ]);
    box.hidden = true;
    page.place(map.getContainer(), box);
    page.undos.push(() => lines.remove());
    L.DomEvent.disableClickPropagation(box);
    let points = [];

    function back() {
      points.pop();
      show();
    }

    function add(latlng) {
      points.push([latlng.lat, latlng.lng]);
      show();
    }

    function show() {
      lines.clearLayers();
      const look = { pane: "marks", interactive: false, color: "#0B5CAD", weight: 2.5, dashArray: "6 4" };
      if (points.length > 2) {
        L.polygon(points, Object.assign({}, look, { fillOpacity: 0.08 })).addTo(lines);
      } else if (points.length) {
        L.polyline(points, look).addTo(lines);
        L.circleMarker(points[points.length - 1], Object.assign({}, look, { radius: 4, dashArray: null })).addTo(lines);
      }
      const area = areaOf(points);
      const values = { l: lengthWords(lengthOf(points)), a: Enping.mu(area), m: Enping.grouped(Math.round(area)) };
      out.textContent = points.length < 2 ? say("page.measure_start") : say(area ? "page.measure_area" : "page.measure_line", values);
    }

    page.measure = {
      isOn: () => !box.hidden,
      back: back,
      points: () => points.slice(),
      set(on, before) {
        box.hidden = !on;
        points = before || [];
        show();
        lines[on ? "addTo" : "removeFrom"](map);
        map.getContainer().classList.toggle("measuring", on);
      },
    };
    page.listen(map, "click", (event) => page.measure.isOn() && add(event.latlng));
  }

  Object.assign(Enping, { addMeasure, lengthOf, areaOf, lengthWords });
})((globalThis.Enping = globalThis.Enping || {}));
