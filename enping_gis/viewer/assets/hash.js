"use strict";
/* The address after "#" holds the view, the filter, the day and what is chosen. */
(function (/** @type {any} */ Enping) {
  const WAIT_MS = 250;
  const MOST = 40;

  /** @param {string} hash @returns {Object<string, string>} only what is known, decoded */
  function readHash(hash) {
    /** @type {Object<string, string>} */
    const found = {};
    new URLSearchParams(hash.replace(/^#/, "")).forEach((value, key) => {
      if (["at", "status", "town", "category", "text", "day", "sel", "open", "lang"].includes(key)) {
        found[key] = value;
      }
    });
    return found;
  }

  /** @param {string} at "zoom/latitude/longitude" @returns {number[]|null} */
  function readView(at) {
    const numbers = String(at || "").split("/").map(Number);
    const [zoom, latitude, longitude] = numbers;
    const good = numbers.length === 3 && numbers.every(Number.isFinite);
    return good && zoom >= 0 && zoom <= 22 && Math.abs(latitude) <= 85 && Math.abs(longitude) <= 180 ? numbers : null;
  }

  /** @param {any} page @returns {string} */
  function hashOf(page) {
    const { map, view } = page;
    const centre = map.getCenter();
    const said = new URLSearchParams();
    said.set("at", [map.getZoom(), centre.lat.toFixed(5), centre.lng.toFixed(5)].join("/"));
    ["status", "town", "category", "text"].forEach((name) => {
      const value = view.asked[name];
      if (value !== undefined && value !== "") {
        said.set(name, [].concat(value).join(","));
      }
    });
    if (page.data.lang !== page.firstLang) {
      said.set("lang", page.data.lang);
    }
    if (!view.isLatest()) {
      said.set("day", Enping.isoOf(view.day));
    }
    const chosen = page.basket.rows().slice(0, MOST);
    if (chosen.length && !page.data.meta.isPublic) {
      said.set("sel", JSON.stringify(chosen.map((row) => page.data.plots[row].id)));
    }
    if (page.opened >= 0 && !page.data.meta.isPublic) {
      said.set("open", page.data.plots[page.opened].id);
    }
    return "#" + said.toString();
  }

  function idsOf(text) {
    try {
      const ids = JSON.parse(text);
      return Array.isArray(ids) ? ids.map(String).slice(0, MOST) : [];
    } catch {
      return [];
    }
  }

  /** Take over what the address says; what is not in the file is left out, and said. */
  function applyHash(page, hash) {
    const said = readHash(hash);
    page.speak(said.lang || page.firstLang);
    const codes = new Set(page.data.statuses.map((status) => status.code));
    const asked = {};
    if (said.status !== undefined) {
      asked.status = said.status.split(",").filter((code) => codes.has(code));
    }
    ["town", "category", "text"].forEach((name) => said[name] && (asked[name] = said[name]));
    if (Object.keys(asked).length) {
      page.view.filter(asked);
    }
    if (said.day && Number.isFinite(Enping.dayOf(said.day))) {
      page.view.asOf(said.day);
    }
    const ids = idsOf(said.sel);
    const there = ids.filter((id) => page.byId.has(id));
    if (there.length) {
      page.basket.set(there);
      page.showBasket();
    }
    if (said.open && page.byId.has(said.open)) {
      page.open(page.find(said.open), false);
    }
    if (there.length < ids.length) {
      document.getElementById("said").textContent = page.say("page.err_hash", { n: ids.length - there.length });
    }
    const view = readView(said.at);
    if (view) {
      page.map.setView([view[1], view[2]], view[0], { animate: false });
    }
  }

  /** @param {any} page */
  function followHash(page) {
    let waiting = 0;
    const later = function () {
      clearTimeout(waiting);
      waiting = setTimeout(() => history.replaceState(null, "", hashOf(page)), WAIT_MS);
    };
    page.listen(page.map, "moveend", later);
    page.view.follow(later);
    page.basket.follow(later);
    page.hash = () => hashOf(page);
    page.listen(window, "hashchange", () => applyHash(page, location.hash));
  }

  Object.assign(Enping, { followHash, applyHash, readHash, readView });
})((globalThis.Enping = globalThis.Enping || {}));
