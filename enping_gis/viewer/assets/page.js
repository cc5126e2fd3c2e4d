"use strict";
/* The page: joins map, panels and card, and offers `window.enping` to tests and programs. */
(function (Enping) {
  const LEAST_DEPTH_PX = 14;
  const CLOSEST_ZOOM = 21;

  /** @returns {any} what Python wrote into the page */
  function readData() {
    return JSON.parse(document.getElementById("enping-data").textContent);
  }

  /** @param {any} data @returns {(code: string, values?: object) => string} */
  function sayer(data) {
    return (code, values) => Enping.fill(data.words[code], values);
  }

  /** Contacts of every plot, longest shared boundary first, then the narrowest gap. */
  function contactLists(data) {
    const lists = new Map();
    const put = function (one, other, row) {
      // What is missing at the end of a row is nothing.
      const [, , kind, shared = 0, gap = 0, overlap = 0] = row;
      const list = lists.get(one) || [];
      list.push({ other: other, kind: data.kinds[kind], shared: shared, gap: gap, overlap: overlap });
      lists.set(one, list);
    };
    data.contacts.forEach(function (row) {
      put(row[0], row[1], row);
      put(row[1], row[0], row);
    });
    lists.forEach((list) => list.sort((a, b) => b.shared - a.shared || a.gap - b.gap));
    return (index) => lists.get(index) || [];
  }

  const page = { data: readData(), map: null, parcels: null, findings: null, opener: null };
  page.say = sayer(page.data);
  page.count = (n) => page.say(n === 1 ? "page.count_one" : "page.count", { n: Enping.grouped(n) });
  page.contactsOf = contactLists(page.data);
  page.byId = new Map(page.data.plots.map((plot, i) => [plot.id, i]));

  page.find = function (id) {
    const index = page.byId.get(String(id));
    if (index === undefined) {
      throw new RangeError("no plot " + id);
    }
    return page.data.plots[index];
  };

  /**
   * Open the card; the map gives way, so the card never covers it.
   * @param {(box: HTMLElement) => HTMLElement} fill writes the card and returns its title
   * @param {boolean} focus
   * @param {{plot?: number, finding?: object}} chosen what the map marks
   */
  page.reveal = function (fill, focus, chosen) {
    const box = document.getElementById("card");
    if (box.hidden) {
      page.opener = document.activeElement;
    }
    box.hidden = false;
    document.body.classList.add("with-card");
    const title = fill(box);
    box.scrollTop = 0;
    page.choose(chosen);
    page.map.invalidateSize({ pan: false, animate: false });
    document.getElementById("said").textContent = title.textContent;
    if (focus) {
      title.focus({ preventScroll: true });
    }
  };

  /** @param {{plot?: number, finding?: object}} chosen */
  page.choose = function (chosen) {
    page.parcels.selected = chosen.plot === undefined ? -1 : chosen.plot;
    page.parcels.highlight();
    if (page.findings) {
      page.findings.select(chosen.finding || null);
    }
  };

  page.open = function (plot, focus) {
    page.reveal((box) => Enping.showCard(box, page, plot), focus, { plot: plot.index });
  };

  page.close = function () {
    const box = document.getElementById("card");
    if (box.hidden) {
      return;
    }
    box.hidden = true;
    document.body.classList.remove("with-card");
    page.choose({});
    page.map.invalidateSize({ pan: false, animate: false });
    if (page.opener instanceof HTMLElement && page.opener.isConnected) {
      page.opener.focus({ preventScroll: true });
    }
  };

  /** Zoom at which a plot fills about half the view and its inner point is well inside. */
  page.zoomFor = function (plot) {
    const map = page.map;
    const fitting = map.getBoundsZoom(page.parcels.bounds([plot.index]).pad(0.7));
    const deep = Math.log2(LEAST_DEPTH_PX / (256 * plot.depth));
    return Math.min(Math.max(fitting, Math.ceil(deep * 4) / 4), CLOSEST_ZOOM);
  };

  /** Two frames: the first may still be the one in which the drawing was asked for. */
  page.painted = function () {
    return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
  };

  /**
   * Show a plot: its inner point comes to the middle of the map, its card opens.
   * @param {string} id
   * @returns {Promise<void>} done when drawn
   */
  page.goto = function (id) {
    const plot = page.find(id);
    page.hideHover();
    page.open(plot, true);
    if (plot.rings) {
      page.map.setView([plot.at[1], plot.at[0]], page.zoomFor(plot), { animate: false });
    }
    return page.painted();
  };

  page.gotoUnit = function (key) {
    const members = page.data.plots.filter((plot) => plot.unit === key && plot.rings);
    const bounds = page.parcels.bounds(members.map((plot) => plot.index));
    if (bounds) {
      page.map.fitBounds(bounds.pad(0.15), { animate: false, maxZoom: 17 });
    }
  };

  page.fitAll = function () {
    const all = page.parcels.bounds(page.data.plots.map((plot) => plot.index));
    let bounds = all;
    const towns = page.data.places.filter((place) => place.rings);
    if (towns.length) {
      const county = L.latLngBounds(towns.flatMap((place) => Enping.outlines(place).flat()));
      // Plots far from the places (another county's file) are what the reader came for.
      bounds = !all || county.intersects(all) ? county.extend(all || county) : all;
    }
    if (bounds) {
      const beside = page.map.getSize().x < 500 ? 8 : 24;
      // Room for the summary above and the scale bar below.
      const room = { paddingTopLeft: [beside, 52], paddingBottomRight: [beside, 44] };
      page.map.fitBounds(bounds, Object.assign({ animate: false }, room));
    }
  };

  /** Pan only where the card or the edge took a place out of sight. @param {number[]} latlng */
  page.keepInView = function (latlng) {
    const at = page.map.latLngToContainerPoint(latlng);
    const size = page.map.getSize();
    if (at.x < 40 || at.y < 60 || at.x > size.x - 60 || at.y > size.y - 60) {
      page.map.panTo(latlng, { animate: false });
    }
  };

  function onClick(event) {
    const mark = page.findings && page.findings.at(event.containerPoint);
    if (mark) {
      page.findings.click(mark);
      return;
    }
    const unit = page.parcels.unitAt(event.containerPoint);
    if (unit) {
      page.gotoUnit(unit.key);
      return;
    }
    const index = page.parcels.at(event.latlng);
    if (index < 0) {
      return;
    }
    const plot = page.data.plots[index];
    page.open(plot, true);
    page.keepInView([plot.at[1], plot.at[0]]);
  }

  /**
   * Start the page on a map; the script that folium writes calls this.
   * @param {L.Map} map
   * @param {L.Layer} parcels the parcel layer
   */
  Enping.start = function (map, parcels) {
    page.map = map;
    page.parcels = parcels;
    const container = map.getContainer();
    container.setAttribute("role", "application");
    container.setAttribute("aria-label", page.say("page.map_label"));
    map.keyboard.enable();
    page.fitAll();
    if (page.findings) {
      page.findings.follow();
    }
    Enping.addFurniture(page);
    Enping.showPanel(document.getElementById("panel"), page);
    map.on("click", onClick);
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape") {
        page.close();
      }
    });
    new ResizeObserver(() => map.invalidateSize({ pan: false, animate: false })).observe(container);
    tellReady();
  };

  let tellReady = () => {};
  const ready = new Promise((done, failed) => {
    tellReady = () => page.painted().then(done);
    // Whoever waits for the page learns that it broke; afterwards this has no effect.
    window.addEventListener("error", (event) => failed(event.error));
  });
  ready.catch(() => {});

  /** Marker pictures are part of the page; the path Leaflet would guess is not there. */
  delete L.Icon.Default.prototype._getIconUrl;
  L.Icon.Default.mergeOptions(page.data.icons);
  delete page.data.icons;

  Enping.page = page;
  window.enping = {
    ready: ready,
    get count() {
      return page.data.plots.length;
    },
    get map() {
      return page.map;
    },
    statusOf: (id) => page.data.statuses[page.find(id).status].code,
    innerPoint: (id) => (page.find(id).at ? page.find(id).at.slice().reverse() : null),
    goto: page.goto,
    findings: () => (page.findings ? page.findings.list() : []),
    gotoFinding: (index) => page.findings.goto(index),
  };
})((globalThis.Enping = globalThis.Enping || {}));
