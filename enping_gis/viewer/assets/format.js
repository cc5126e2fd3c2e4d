"use strict";
/* Words and figures: everything here is pure and tested with node. */
(function (/** @type {any} */ Enping) {
  /**
   * Fill a message: "{n} plots" with {n: 3} gives "3 plots".
   * @param {string} template
   * @param {Object<string, string|number>} [values]
   * @returns {string}
   */
  function fill(template, values) {
    const given = values || {};
    return template.replace(/\{(\w+)\}/g, function (whole, key) {
      return Object.prototype.hasOwnProperty.call(given, key) ? String(given[key]) : whole;
    });
  }

  /**
   * Put commas into the whole part of a printed figure; its digits stay as they are.
   * @param {string|number} printed
   * @returns {string}
   */
  function grouped(printed) {
    const parts = String(printed).split(".");
    parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ",");
    return parts.join(".");
  }

  /**
   * Print square metres as mu with two decimals; only for what the view adds up itself.
   * @param {number} areaM2
   * @param {number} [decimals]
   * @returns {string}
   */
  function mu(areaM2, decimals) {
    const digits = decimals === undefined ? 2 : decimals;
    return grouped(((areaM2 * 3) / 2000).toFixed(digits));
  }

  /**
   * Say a length as people do: metres below one kilometre, kilometres from there.
   * @param {number} metres
   * @returns {string}
   */
  function distance(metres) {
    return metres < 1000 ? metres + " m" : metres / 1000 + " km";
  }

  /**
   * Choose the longest bar of the series 1-2-5 that fits.
   * @param {number} metresPerPixel
   * @param {number} mostPixels
   * @returns {{metres: number, pixels: number, label: string}}
   */
  function scaleStep(metresPerPixel, mostPixels) {
    const most = metresPerPixel * mostPixels;
    const power = Math.pow(10, Math.floor(Math.log10(most)));
    const lead = most / power;
    let metres = power * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1);
    metres = Number(metres.toPrecision(1));
    return { metres: metres, pixels: metres / metresPerPixel, label: distance(metres) };
  }

  /**
   * Metres on the ground per pixel of a web-Mercator map with tiles of 256 pixels.
   * @param {number} latitude in degrees
   * @param {number} zoom
   * @returns {number}
   */
  function metresPerPixel(latitude, zoom) {
    const equator = 40075016.686;
    return (equator * Math.cos((latitude * Math.PI) / 180)) / (256 * Math.pow(2, zoom));
  }

  Object.assign(Enping, { fill, grouped, mu, distance, scaleStep, metresPerPixel });
})((globalThis.Enping = globalThis.Enping || {}));
