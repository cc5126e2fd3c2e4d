"use strict";
/* All that lies around the map and has words. It is taken down and built anew when the language
   changes; what is shown, chosen and open stays. */
(function (/** @type {any} */ Enping) {
  const { element, button } = Enping;
  const STOPS = ["low", "half", "full"];

  /** On a phone panel and card are one sheet, which gives way to the map or takes its place. */
  function sheetHandle(page) {
    const { dataset } = document.body;
    dataset.stop = dataset.stop || "half";
    const step = function (sign, code, by) {
      const one = button("", sign, function () {
        const next = STOPS[STOPS.indexOf(dataset.stop) + by];
        dataset.stop = next || dataset.stop;
        page.map.invalidateSize({ pan: false, animate: false });
      });
      one.title = page.say(code);
      one.setAttribute("aria-label", page.say(code));
      return one;
    };
    return element("div", "sheet-handle", null, [step("▲", "page.sheet_up", 1), step("▼", "page.sheet_down", -1)]);
  }

  /** @param {any} page */
  function addInterface(page) {
    page.place(document.body, sheetHandle(page));
    Enping.addFurniture(page);
    if (page.base) {
      Enping.addKeyBox(page);
    }
    Enping.addTools(page);
    const panel = document.getElementById("panel");
    Enping.showPanel(panel, page);
    page.undos.push(() => panel.replaceChildren());
  }

  /**
   * Offer what the parts of the interface need to be taken down again.
   * @param {any} page
   */
  function prepareInterface(page) {
    page.undos = [];
    /** Listen until the interface is taken down. Leaflet's objects do it in their own way. */
    page.listen = function (target, types, act) {
      const [on, off] = target.on ? ["on", "off"] : ["addEventListener", "removeEventListener"];
      types.split(" ").forEach(function (type) {
        target[on](type, act);
        page.undos.push(() => target[off](type, act));
      });
    };
    /** Put an element into the page until then. */
    page.place = function (parent, child) {
      parent.append(child);
      page.undos.push(() => child.remove());
    };
    page.speak = (lang) => speak(page, lang);
  }

  function speak(page, lang) {
    const { data, view, measure } = page;
    if (lang !== data.other.lang) {
      return Promise.resolve();
    }
    const points = measure.isOn() ? measure.points() : null;
    const panel = document.getElementById("panel");
    const seen = panel.scrollTop;
    const asked = Enping.askedByCode(view.asked, data.codes);
    page.undos.splice(0).forEach((undo) => undo());
    Enping.swapTexts(data);
    Enping.sayFrame(data.frame);
    page.map.getContainer().setAttribute("aria-label", page.say("page.map_label"));
    nameLayers(page);
    addInterface(page);
    view.filter(asked);
    const card = document.getElementById("card");
    if (!card.hidden) {
      const at = card.scrollTop;
      page.fillCard(card);
      card.scrollTop = at;
    }
    panel.scrollTop = seen;
    if (points) {
      page.measure.set(true, points);
    }
    document.getElementById("said").textContent = data.frame.title;
    return page.painted();
  }

  /** The control of layers lists our own by their words. */
  function nameLayers(page) {
    const findings = page.findings ? [page.findings] : [];
    const rest = page.toFill.filter((layer) => layer !== page.findings);
    const under = page.base ? [page.base] : [];
    under.concat(rest, page.parcels, findings).forEach(function (layer) {
      if (page.layerControl && layer.word) {
        page.layerControl.removeLayer(layer).addOverlay(layer, page.say(layer.word));
      }
      if (layer.speak) {
        layer.speak();
      }
    });
    const toggle = document.querySelector(".leaflet-control-layers-toggle");
    if (toggle) {
      toggle.setAttribute("title", page.say("page.layers"));
    }
  }

  Object.assign(Enping, { addInterface, prepareInterface, nameLayers });
})((globalThis.Enping = globalThis.Enping || {}));
