"use strict";
/* Rings: decoding, extent, and whether a point lies inside. */
(function (/** @type {any} */ Enping) {
  const UNITS_PER_DEGREE = 1e7;

  /**
   * Decode rings of whole 1e-7 degrees (first vertex, then steps) into unit Mercator,
   * x to the east and y to the south, both from 0 to 1 over the whole world.
   * @param {number[][]} rings
   * @returns {Float64Array[]} one array x, y, x, y, ... per ring
   */
  function decode(rings) {
    return rings.map(function (steps) {
      const out = new Float64Array(steps.length);
      let lon = 0;
      let lat = 0;
      for (let i = 0; i < steps.length; i += 2) {
        lon += steps[i];
        lat += steps[i + 1];
        out[i] = worldX(lon / UNITS_PER_DEGREE);
        out[i + 1] = worldY(lat / UNITS_PER_DEGREE);
      }
      return out;
    });
  }

  /** @param {number} longitude @returns {number} */
  function worldX(longitude) {
    return longitude / 360 + 0.5;
  }

  /** @param {number} latitude @returns {number} */
  function worldY(latitude) {
    const sine = Math.sin((latitude * Math.PI) / 180);
    return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  }

  /** @param {number} y @returns {number} latitude in degrees */
  function latitudeOf(y) {
    return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
  }

  /** @param {number} x @returns {number} longitude in degrees */
  function longitudeOf(x) {
    return (x - 0.5) * 360;
  }

  /**
   * @param {Float64Array[]} rings
   * @returns {number[]} west, north, east, south
   */
  function extent(rings) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    rings.forEach(function (ring) {
      for (let i = 0; i < ring.length; i += 2) {
        box[0] = Math.min(box[0], ring[i]);
        box[1] = Math.min(box[1], ring[i + 1]);
        box[2] = Math.max(box[2], ring[i]);
        box[3] = Math.max(box[3], ring[i + 1]);
      }
    });
    return box;
  }

  /**
   * Tell whether a point lies inside, by the even-odd rule, so holes and islands come right.
   * @param {Float64Array[]} rings
   * @param {number} x
   * @param {number} y
   * @returns {boolean}
   */
  function contains(rings, x, y) {
    let inside = false;
    for (const ring of rings) {
      for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
        const above = ring[i + 1] > y;
        if (above !== ring[j + 1] > y) {
          const share = (y - ring[i + 1]) / (ring[j + 1] - ring[i + 1]);
          if (x < ring[i] + share * (ring[j] - ring[i])) {
            inside = !inside;
          }
        }
      }
    }
    return inside;
  }

  Object.assign(Enping, {
    decode,
    worldX,
    worldY,
    latitudeOf,
    longitudeOf,
    extent,
    contains,
  });
})((globalThis.Enping = globalThis.Enping || {}));
