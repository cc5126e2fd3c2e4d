"use strict";
/* What lies over the edges of the map: view summary, scale bar, north, buttons, hover line. */
(function (/** @type {any} */ Enping) {
  const { element, button } = Enping;

  function scaleBox(page) {
    const map = page.map;
    const label = element("span", "scale-label");
    const bar = element("span", "scale-bar");
    const scale = element("div", "scale", null, [
      element("div", "scale-figures", null, [element("span", "", "0"), label]),
      bar,
    ]);
    scale.setAttribute("role", "img");
    const north = element("div", "north", null, [element("i"), element("span", "", page.say("page.north"))]);
    north.setAttribute("role", "img");
    north.setAttribute("aria-label", page.say("page.north_arrow"));
    const update = function () {
      const most = map.getSize().x < 500 ? 90 : 150;
      const perPixel = Enping.metresPerPixel(map.getCenter().lat, map.getZoom());
      const step = Enping.scaleStep(perPixel, most);
      bar.style.width = step.pixels.toFixed(1) + "px";
      label.textContent = step.label;
      scale.setAttribute("aria-label", page.say("page.scale") + " " + step.label);
    };
    page.listen(map, "zoomend moveend resize", update);
    update();
    return element("div", "over scale-box", null, [scale, north]);
  }

  function viewBox(page) {
    const map = page.map;
    const where = element("b", "where");
    const what = element("span", "what");
    const hint = element("span", "hint", page.say("page.hint_symbols"));
    const box = element("div", "over view-box", null, [where, what, hint]);
    const update = function () {
      const { count, areaM2 } = page.parcels.inView();
      const all = page.view.isLatest() && count === page.data.table.count();
      const mu = all ? Enping.grouped(page.data.total.mu) : Enping.mu(areaM2);
      what.textContent = page.say(count === 1 ? "page.inview_one" : "page.inview", { n: Enping.grouped(count), a: mu });
      const symbols = page.parcels.drawn === "units" && map.hasLayer(page.parcels);
      hint.hidden = !symbols;
      const places = symbols ? [] : Enping.placesAt(page.data, map.getCenter());
      const schematic = places.some((place) => place.schematic);
      where.textContent =
        places.map((place) => place.name).join(" · ") +
        (schematic ? page.say("page.schematic_suffix") : "");
      where.hidden = !places.length;
    };
    page.listen(page.parcels, "drawn remove", update);
    page.listen(map, "moveend", update);
    update();
    return box;
  }

  function zoomBox(page) {
    const map = page.map;
    const made = (words, code, act) => {
      const one = button("", words, act);
      one.title = page.say(code);
      one.setAttribute("aria-label", page.say(code));
      return one;
    };
    return element("div", "over zoom-box", null, [
      made("+", "page.zoom_in", () => map.zoomIn(1)),
      made("−", "page.zoom_out", () => map.zoomOut(1)),
      made("⌂", "page.zoom_all", () => page.fitAll()),
    ]);
  }

  /** One line beside the mouse: name, status, mu. */
  function hoverLine(page) {
    const map = page.map;
    const line = element("div", "over hover-line");
    line.hidden = true;
    const leave = function () {
      line.hidden = true;
      if (page.parcels.hovered !== -1) {
        page.parcels.hovered = -1;
        page.parcels.highlight();
      }
      map.getContainer().style.cursor = "";
    };
    page.listen(map, "mousemove", function (event) {
      const words = wordsAt(page, event);
      if (!words) {
        leave();
        return;
      }
      line.textContent = words;
      line.hidden = false;
      map.getContainer().style.cursor = "pointer";
      const size = map.getSize();
      const x = Math.min(event.containerPoint.x + 14, size.x - line.offsetWidth - 6);
      const below = event.containerPoint.y + 18;
      const y = below + line.offsetHeight > size.y ? event.containerPoint.y - line.offsetHeight - 8 : below;
      line.style.left = Math.max(6, x) + "px";
      line.style.top = Math.max(6, y) + "px";
    });
    page.listen(map, "mouseout movestart zoomstart", leave);
    page.hideHover = leave;
    return line;
  }

  function wordsAt(page, event) {
    const mark = page.findings && page.findings.at(event.containerPoint);
    const unit = mark ? null : page.parcels.unitAt(event.containerPoint);
    const index = mark || unit ? -1 : page.parcels.at(event.latlng);
    if (page.parcels.hovered !== index) {
      page.parcels.hovered = index;
      page.parcels.highlight();
    }
    if (mark) {
      return markWords(page, mark);
    }
    if (unit) {
      return [unit.label, page.count(unit.count), Enping.mu(unit.areaM2) + " " + page.say("page.mu")].join(" · ");
    }
    if (index < 0) {
      return "";
    }
    const plot = page.data.plots[index];
    const status = page.data.statuses[plot.status].label;
    const tags = plot.tags.map((tag) => page.say("page.tag_" + tag));
    const mu = Enping.grouped(plot.mu) + " " + page.say("page.mu");
    return [plot.name || plot.id, status, mu].concat(tags).join(" · ");
  }

  /** One finding in full; of several the number of each severity. */
  function markWords(page, mark) {
    const { rules, severities } = page.findings.data;
    if (mark.count === 1) {
      const row = mark.rows[0];
      return [rules[row.rule].label, row.message, row.size].filter(Boolean).join(" · ");
    }
    const numbers = severities.map((_, i) => mark.rows.filter((row) => row.severity === i).length);
    const said = severities.map((severity, i) => severity.label + " " + Enping.grouped(numbers[i]));
    return [page.say("page.findings")].concat(said.filter((_, i) => numbers[i])).join(" · ");
  }

  /** What is seen while plots are unpacked. */
  function busyBar(page) {
    const bar = /** @type {HTMLProgressElement} */ (element("progress"));
    bar.max = 1;
    bar.value = 0.1;
    const words = page.say("page.busy", { n: Enping.grouped(page.data.count) });
    const box = element("div", "over busy", null, [element("span", "", words), bar]);
    box.setAttribute("role", "status");
    const tell = function (share) {
      bar.value = share;
    };
    return { box: box, tell: tell };
  }

  function addFurniture(page) {
    const box = page.map.getContainer();
    [viewBox(page), zoomBox(page), scaleBox(page), hoverLine(page)].forEach(function (each) {
      // A click on a button is no click on the map below it.
      L.DomEvent.disableClickPropagation(each);
      L.DomEvent.disableScrollPropagation(each);
      page.place(box, each);
    });
  }

  Object.assign(Enping, { addFurniture, busyBar });
})((globalThis.Enping = globalThis.Enping || {}));
