"use strict";
/* A canvas that is larger than the view by a margin, so that a drag shows what lies beyond. */
(function (/** @type {any} */ Enping) {
  const PADDING = 0.3;

  /** Pixels per unit of Mercator at the present zoom. */
  function worldPixels(map) {
    return 256 * Math.pow(2, map.getZoom());
  }

  /**
   * Put a canvas over the view, empty it, and say how the world lies on it.
   * @param {L.Map} map
   * @param {HTMLCanvasElement} canvas
   * @returns {object} pen, ratio, pad, wide, high, drawnAt, and scale and origin: a place in unit
   *   Mercator is drawn at its product with the scale, less the origin
   */
  function fitCanvas(map, canvas) {
    const size = map.getSize();
    const pad = L.point(Math.ceil(size.x * PADDING), Math.ceil(size.y * PADDING));
    const ratio = window.devicePixelRatio || 1;
    const corner = map.containerPointToLayerPoint([-pad.x, -pad.y]);
    const wide = size.x + 2 * pad.x;
    const high = size.y + 2 * pad.y;
    L.DomUtil.setPosition(canvas, corner);
    if (canvas.width !== Math.round(wide * ratio) || canvas.height !== Math.round(high * ratio)) {
      canvas.width = Math.round(wide * ratio);
      canvas.height = Math.round(high * ratio);
      canvas.style.width = wide + "px";
      canvas.style.height = high + "px";
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, wide, high);
    const drawnAt = map.containerPointToLayerPoint([0, 0]);
    const origin = map.getPixelOrigin().add(corner);
    return { pen, ratio, pad, wide, high, drawnAt, origin, scale: worldPixels(map) };
  }

  /** Whether a drag has come so far that the margin is nearly used up. */
  function nearEdge(map, drawnAt) {
    const size = map.getSize();
    const off = map.containerPointToLayerPoint([0, 0]).subtract(drawnAt);
    return Math.abs(off.x) > size.x * PADDING * 0.9 || Math.abs(off.y) > size.y * PADDING * 0.9;
  }

  /** A point of the view in pixels of a canvas. */
  function onCanvas(map, canvas, point) {
    return map.containerPointToLayerPoint(point).subtract(L.DomUtil.getPosition(canvas));
  }

  Object.assign(Enping, { fitCanvas, nearEdge, onCanvas, worldPixels });
})((globalThis.Enping = globalThis.Enping || {}));
