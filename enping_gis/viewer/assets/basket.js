"use strict";
/* Plots that were chosen together: by shift-click, by a box, by key; marked on the map. */
(function (/** @type {any} */ Enping) {
  const MOST_OUTLINED = 400;

  /** @param {any} page */
  function addBasket(page) {
    const { data } = page;
    /** @type {number[]} */
    let rows = [];
    const followers = [];
    const basket = {
      follow(tell) {
        followers.push(tell);
        page.undos.push(() => followers.splice(followers.indexOf(tell), 1));
      },
      rows: () => rows.slice(),
      has: (row) => rows.includes(row),
    };

    function renew(next) {
      rows = Array.from(new Set(next)).sort((a, b) => a - b);
      page.parcels.chosen = rows.length <= MOST_OUTLINED ? rows : [];
      page.parcels.highlight();
      followers.forEach((tell) => tell());
    }

    /** @param {string[]} ids a plot that is not there is an error, and nothing changes */
    basket.set = (ids) => renew(Array.from(ids, (id) => page.find(id).index));
    basket.add = (more) => renew(rows.concat(more));
    basket.toggle = (row) => renew(rows.includes(row) ? rows.filter((each) => each !== row) : rows.concat(row));
    basket.clear = () => renew([]);

    /** @returns {object} the chosen plots and their sums */
    basket.selection = function () {
      const sum = Enping.combined(data.table, page.contactsOf, rows);
      return {
        ids: rows.map((row) => data.plots[row].id),
        area_m2: sum.cents / 100,
        area_ha: Math.floor((2 * sum.cents + 100) / 200) / 10000,
        area_mu: Enping.muOf(sum.cents) / 100,
        connected: rows.length > 0 && sum.connected,
        shared_m: sum.sharedCm / 100,
        compactness: sum.compactness,
      };
    };

    page.basket = basket;
    boxSelection(page);
  }

  /** Drag with the shift key, or after the button was pressed, to choose all plots inside. */
  function boxSelection(page) {
    const { map } = page;
    map.boxZoom.disable();
    const frame = document.createElement("div");
    frame.className = "select-frame";
    frame.hidden = true;
    map.getContainer().append(frame);
    let from = null;
    page.boxing = false;
    page.setBoxing = function (on) {
      page.boxing = on;
      map.getContainer().classList.toggle("boxing", on);
      map.dragging[on ? "disable" : "enable"]();
      document.getElementById("said").textContent = on ? page.say("page.box_hint") : "";
    };
    const take = function (box) {
      page.basket.add(inside(page, box));
      page.showBasket();
      page.setBoxing(false);
    };
    const point = (event) => map.mouseEventToContainerPoint(event);
    const container = map.getContainer();
    container.addEventListener("mousedown", function (event) {
      const isOver = event.target instanceof Element && event.target.closest(".over, .leaflet-control");
      if (event.button === 0 && !isOver && (page.boxing || event.shiftKey)) {
        from = point(event);
        map.dragging.disable();
      }
    });
    // Without a mouse the box is what the map shows, moved and zoomed by keys.
    container.addEventListener("keydown", function (event) {
      if (page.boxing && event.key === "Enter" && event.target === container) {
        take(L.bounds([0, 0], map.getSize()));
      }
    });
    document.addEventListener("mousemove", function (event) {
      if (from) {
        const to = point(event);
        frame.hidden = Math.abs(to.x - from.x) + Math.abs(to.y - from.y) < 6;
        Object.assign(frame.style, {
          left: Math.min(from.x, to.x) + "px", top: Math.min(from.y, to.y) + "px",
          width: Math.abs(to.x - from.x) + "px", height: Math.abs(to.y - from.y) + "px",
        });
      }
    });
    document.addEventListener("mouseup", function (event) {
      const to = from && point(event);
      const begin = from;
      from = null;
      if (!begin) {
        return;
      }
      if (!page.boxing) {
        map.dragging.enable();
      }
      if (!frame.hidden) {
        frame.hidden = true;
        take(L.bounds(begin, to));
        page.boxedAt = Date.now();
      }
    });
  }

  /** Rows whose inner points lie in a box of the screen, and which the filter lets through. */
  function inside(page, box) {
    const { table } = page.data;
    const corner = (point) => {
      const at = page.map.containerPointToLatLng(point);
      return [Enping.worldX(at.lng) * table.outlines.steps, Enping.worldY(at.lat) * table.outlines.steps];
    };
    const [west, north] = corner(box.min);
    const [east, south] = corner(box.max);
    return table.rowsWithin(west, north, east, south);
  }

  Enping.addBasket = addBasket;
})((globalThis.Enping = globalThis.Enping || {}));
