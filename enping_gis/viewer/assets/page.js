"use strict";
/* The page: joins map, panels and card, and offers `window.enping` to tests and programs. */
(function (/** @type {any} */ Enping) {
  const LEAST_DEPTH_PX = 14;
  const CLOSEST_ZOOM = 21;

  /** @returns {any} what Python wrote into the page: words; all else is packed */
  function readData() {
    return JSON.parse(document.getElementById("enping-data").textContent);
  }

  /** @param {any} data @returns {(code: string, values?: object) => string} */
  function sayer(data) {
    return (code, values) => Enping.fill(data.words[code], values);
  }

  /**
   * @typedef {object} Page
   * @property {any} data words at once, figures and plots when they are unpacked
   * @property {any[]} toFill layers that wait for them
   */
  const page = { data: readData(), map: null, parcels: null, findings: null, assemblies: null, base: null, opener: null, toFill: [] };
  Object.assign(page.data, { plots: [], places: [], units: [], statuses: [] });
  page.firstLang = page.data.lang;
  page.opened = -1;
  page.boxedAt = 0;
  page.say = sayer(page.data);
  page.count = (n) => page.say(n === 1 ? "page.count_one" : "page.count", { n: Enping.grouped(n) });
  page.contactsOf = () => [];
  page.byId = new Map();

  /** Let the browser paint and listen; a page in the background is not painted. */
  function breath() {
    return new Promise(function (done) {
      requestAnimationFrame(() => setTimeout(done, 0));
      setTimeout(done, 100);
    });
  }

  /**
   * Unpack figures and plots.
   * @param {(share: number) => void} tell how much is done
   */
  page.unpack = async function (tell) {
    const block = document.getElementById("enping-packed");
    await breath();
    const columns = await Enping.unpacked(block.textContent);
    block.remove();
    tell(0.4);
    await breath();
    try {
      Object.assign(page.data, columns.head);
      const table = new Enping.PlotTable(columns);
      Object.assign(page.data, { table: table, plots: table.plots });
      tell(0.7);
      await breath();
      table.stand(Enping.dayOf(page.data.meta.asOf));
      const lists = Enping.contactLists(columns, table.length);
      page.contactsOf = (row) => lists(row).filter((contact) => table.stands(contact.other));
      page.data.unplaced = Array.from(table.plots.keys()).filter((i) => !table.plots[i].isPlaced && table.stands(i));
      table.plots.forEach((plot, i) => page.byId.set(plot.id, i));
    } catch (error) {
      throw new Enping.PageError("page.err_data", error);
    }
    tell(0.9);
    await breath();
  };

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
    page.fillCard = fill;
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
    page.isBasket = false;
    page.opened = plot.index;
    page.reveal((box) => Enping.showCard(box, page, plot), focus, { plot: plot.index });
  };

  /** Show what the chosen plots make together. */
  page.showBasket = function (focus) {
    page.reveal((box) => Enping.showBasket(box, page), focus, {});
    page.isBasket = true;
  };

  page.close = function () {
    const box = document.getElementById("card");
    if (box.hidden) {
      return;
    }
    box.hidden = true;
    page.isBasket = false;
    page.opened = -1;
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
  page.painted = async function () {
    await page.parcels.settled();
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
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
    if (plot.isPlaced) {
      page.map.setView([plot.at[1], plot.at[0]], page.zoomFor(plot), { animate: false });
    }
    return page.painted();
  };

  page.gotoUnit = function (key) {
    const bounds = page.parcels.bounds(page.data.table.coded.unit.rows(key));
    if (bounds) {
      page.map.fitBounds(bounds.pad(0.15), { animate: false, maxZoom: 17 });
    }
  };

  page.fitAll = function () {
    const all = page.parcels.bounds(page.data.plots.keys());
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
    if (page.boxing || Date.now() - page.boxedAt < 300 || (page.measure && page.measure.isOn())) {
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
    if (event.originalEvent && event.originalEvent.shiftKey) {
      page.basket.toggle(index);
      page.showBasket();
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
    const busy = Enping.busyBar(page);
    container.append(busy.box);
    page
      .unpack(busy.tell)
      .then(begin)
      .then(tellReady)
      .catch(fail)
      .finally(() => busy.box.remove());
  };

  /** Show everything, now that it is there. */
  function begin() {
    page.parcels.fill();
    page.toFill.forEach((layer) => layer.fill());
    page.fitAll();
    page.parcels.redraw();
    if (page.findings) {
      page.findings.follow();
    }
    const map = page.map;
    Enping.prepareInterface(page);
    Enping.addBasket(page);
    Enping.addView(page);
    Enping.addInterface(page);
    Enping.nameLayers(page);
    Enping.applyHash(page, location.hash);
    map.on("click", onClick);
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape") {
        page.close();
      }
    });
    const follow = () => map.invalidateSize({ pan: false, animate: false });
    new ResizeObserver(follow).observe(map.getContainer());
    return page.painted().then(() => page.parcels.calm());
  }

  /** Say what is wrong instead of showing a figure. */
  function fail(error) {
    const words = document.getElementById("failed");
    const isOld = error instanceof Enping.PageError && error.code === "page.err_old";
    words.textContent = isOld ? words.dataset.old : words.dataset.damaged;
    words.hidden = false;
    tellFailed(error);
  }

  /** @type {(value?: any) => void} */
  let tellReady = () => {};
  /** @type {(reason?: any) => void} */
  let tellFailed = () => {};
  const ready = new Promise((done, failed) => {
    tellReady = done;
    tellFailed = failed;
    // Whoever waits for the page learns that it broke; afterwards this has no effect.
    window.addEventListener("error", (event) => failed(event.error));
  });
  ready.catch(() => {});

  /** Marker pictures are part of the page; the path Leaflet would guess is not there. */
  delete L.Icon.Default.prototype._getIconUrl;
  L.Icon.Default.mergeOptions(page.data.icons);
  delete page.data.icons;
  /** Folium's script makes the control; layers get their names from it. */
  L.Control.Layers.addInitHook(function () {
    page.layerControl = this;
  });

  Enping.page = page;
  window.enping = {
    ready: ready,
    get count() {
      return page.data.table ? page.data.table.count() : 0;
    },
    get map() {
      return page.map;
    },
    select: (ids) => {
      page.basket.set(ids);
      return page.painted();
    },
    selection: () => page.basket.selection(),
    filter: (asked) => page.view.filter(asked),
    visible: () => page.view.visible(),
    asOf: (iso) => page.view.asOf(iso),
    speak: (lang) => page.speak(lang),
    statusOf: (id) => page.data.statuses[page.find(id).status].code,
    innerPoint: (id) => (page.find(id).at ? page.find(id).at.slice().reverse() : null),
    goto: page.goto,
    findings: () => (page.findings ? page.findings.list() : []),
    gotoFinding: (index) => page.findings.goto(index),
  };
})((globalThis.Enping = globalThis.Enping || {}));
