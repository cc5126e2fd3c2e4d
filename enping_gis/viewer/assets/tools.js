"use strict";
/* Buttons of the bar and keys of the page; single letters rest while a field has the focus. */
(function (/** @type {any} */ Enping) {
  const { element, button } = Enping;

  /** @param {any} page */
  function addTools(page) {
    const { say } = page;
    Enping.addTable(page);
    Enping.addMeasure(page);
    Enping.addPrinting(page);
    const acts = {
      basket: () => page.showBasket(true),
      box: () => page.setBoxing(!page.boxing),
      table: () => page.toggleTable(),
      measure: () => page.measure.set(!page.measure.isOn()),
      print: () => page.askPrint(),
      png: () => Enping.downloadPicture(page),
    };
    const isPublic = page.data.meta.isPublic;
    const names = Object.keys(acts).filter((name) => !(isPublic && (name === "basket" || name === "measure" || name === "box")));
    const bar = element("nav", "tools-bar", null, names.map((name) => button("tool " + name, say("page.tool_" + name), acts[name])));
    bar.setAttribute("aria-label", say("page.tools"));
    if (page.data.other) {
      bar.append(languageButton(page));
    }
    page.place(document.querySelector(".top"), bar);
    const strip = Enping.timeline(page);
    if (strip) {
      document.querySelector("main.map").after(strip);
      page.undos.push(() => strip.remove());
      document.body.classList.add("with-strip");
    }
    const count = bar.querySelector(".basket");
    const tellCount = function () {
      const n = page.basket.rows().length;
      if (count) {
        count.textContent = say("page.tool_basket") + (n ? " (" + n + ")" : "");
      }
      return n;
    };
    tellCount();
    page.basket.follow(function () {
      const n = tellCount();
      if (page.isBasket) {
        Enping.showBasket(document.getElementById("card"), page);
      }
      document.getElementById("said").textContent = n ? page.count(n) : "";
    });
    page.view.follow(function () {
      if (page.opened >= 0) {
        Enping.showCard(document.getElementById("card"), page, page.data.plots[page.opened]);
      } else if (page.isBasket) {
        Enping.showBasket(document.getElementById("card"), page);
      }
    });
    page.listen(document, "keydown", (event) => onKey(page, acts, names, event));
    Enping.followHash(page);
  }

  /** Named in the language that it leads to. */
  function languageButton(page) {
    const { other } = page.data;
    const one = button("tool language", other.words["page.language"], async function () {
      await page.speak(other.lang);
      const again = document.querySelector(".language");
      if (again instanceof HTMLElement) {
        again.focus({ preventScroll: true });
      }
    });
    one.lang = other.lang;
    return one;
  }

  const KEYS = { b: "box", l: "table", m: "measure", p: "print" };

  function onKey(page, acts, names, event) {
    const inField = event.target instanceof Element && event.target.closest("input, select, textarea, dialog");
    if (inField || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const key = event.key.toLowerCase();
    if (key === "/") {
      event.preventDefault();
      /** @type {HTMLElement} */ (document.querySelector(".search")).focus();
    } else if (key === "c" && names.includes("basket")) {
      if (!event.shiftKey && page.opened >= 0) {
        page.basket.toggle(page.opened);
      }
      if (event.shiftKey || page.opened < 0) {
        acts.basket();
      }
    } else if (key === "0") {
      page.fitAll();
    } else if (key === "backspace" && page.measure.isOn()) {
      page.measure.back();
    } else if (KEYS[key] && names.includes(KEYS[key])) {
      event.preventDefault();
      acts[KEYS[key]]();
    }
  }

  Enping.addTools = addTools;
})((globalThis.Enping = globalThis.Enping || {}));
