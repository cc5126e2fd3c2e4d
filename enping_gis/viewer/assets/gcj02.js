"use strict";
/* The shift of Chinese web maps, for the display of their tiles alone: the series of gcj02.py. */
(function (/** @type {any} */ Enping) {
  const AXIS_M = 6378245;
  const ECCENTRICITY_2 = 0.00669342162296594323;
  const [WEST, SOUTH, EAST, NORTH] = [72.004, 0.8293, 137.8347, 55.8271];
  const { sin, cos, sqrt, abs, PI } = Math;

  /**
   * Where a GCJ-02 map shows a place.
   * @param {number} longitude degrees, CGCS2000 or WGS 84
   * @param {number} latitude
   * @returns {number[]} longitude and latitude; outside China as given
   */
  function toGcj02(longitude, latitude) {
    if (longitude < WEST || longitude > EAST || latitude < SOUTH || latitude > NORTH) {
      return [longitude, latitude];
    }
    const x = longitude - 105;
    const y = latitude - 35;
    const waves = 20 * sin(6 * PI * x) + 20 * sin(2 * PI * x);
    let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x));
    north += ((waves + 20 * sin(PI * y) + 40 * sin((PI * y) / 3)) * 2) / 3;
    north += ((160 * sin((PI * y) / 12) + 320 * sin((PI * y) / 30)) * 2) / 3;
    let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x));
    east += ((waves + 20 * sin(PI * x) + 40 * sin((PI * x) / 3)) * 2) / 3;
    east += ((150 * sin((PI * x) / 12) + 300 * sin((PI * x) / 30)) * 2) / 3;
    const phi = (latitude * PI) / 180;
    const curve = 1 - ECCENTRICITY_2 * sin(phi) ** 2;
    const meridianM = (AXIS_M * (1 - ECCENTRICITY_2)) / curve ** 1.5;
    const parallelM = (AXIS_M / sqrt(curve)) * cos(phi);
    const degrees = (metres, radiusM) => ((metres / radiusM) * 180) / PI;
    return [longitude + degrees(east, parallelM), latitude + degrees(north, meridianM)];
  }

  Enping.toGcj02 = toGcj02;
})((globalThis.Enping = globalThis.Enping || {}));
