"use strict";
/* Search and the filters by town and category, with what they leave. */
(function (/** @type {any} */ Enping) {
  const { element, button } = Enping;
  const MOST_FOUND = 8;
  const REST_MS = 120;

  /** @param {any} page @returns {HTMLElement} */
  function filterBox(page) {
    const { say, data } = page;
    const box = element("section", "filters");
    box.setAttribute("aria-label", say("page.filters"));
    const search = /** @type {HTMLInputElement} */ (element("input", "search"));
    search.type = "search";
    search.placeholder = say("page.search");
    search.setAttribute("aria-label", say("page.search"));
    const found = element("ul", "plots found-plots");
    const lists = ["town", "category"].map((name) => choice(page, name));
    const state = element("p", "small filter-state");
    state.setAttribute("role", "status");
    const clear = button("clear", say("page.clear"), () => page.view.filter());
    let waiting = 0;
    search.addEventListener("input", function () {
      clearTimeout(waiting);
      waiting = setTimeout(() => change(page, "text", search.value), REST_MS);
    });
    search.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && search.value !== (page.view.asked.text || "")) {
        // Whoever types fast does not wait for the list.
        clearTimeout(waiting);
        change(page, "text", search.value);
      }
      const first = event.key === "Enter" && found.querySelector("button");
      if (first) {
        first.click();
      }
    });
    const update = function () {
      const { asked } = page.view;
      const isFiltered = page.view.isFiltered();
      if (search !== document.activeElement) {
        search.value = asked.text || "";
      }
      lists.forEach((list) => list.show(asked));
      const { count, area_mu: mu } = page.view.visible();
      const values = { n: Enping.grouped(count), a: Enping.grouped(mu.toFixed(2)) };
      state.textContent = isFiltered ? (count ? say("page.filtered", values) : say("page.none_filter")) : "";
      clear.hidden = !isFiltered;
      found.replaceChildren(...(asked.text ? hits() : []));
    };
    page.view.follow(update);
    box.append(search, found, ...lists.map((list) => list.box).filter(Boolean), state, clear);
    update();
    return box;

    function hits() {
      const rows = [];
      for (let row = 0; row < data.table.length && rows.length < MOST_FOUND; row += 1) {
        if (page.view.mask[row]) {
          rows.push(element("li", "", null, [Enping.plotRow(page, data.plots[row])]));
        }
      }
      return rows;
    }
  }

  function change(page, name, value) {
    const { [name]: before, ...others } = page.view.asked;
    page.view.filter(value ? Object.assign(others, { [name]: value }) : others);
  }

  function choice(page, name) {
    const codes = (page.data.codes || {})[name] || {};
    /** @type {{box: HTMLElement|null, show: (asked: any) => void}} */
    const made = { box: null, show: () => {} };
    if (!Object.keys(codes).length) {
      return made;
    }
    const select = /** @type {HTMLSelectElement} */ (element("select"));
    const label = page.say("page." + name);
    select.setAttribute("aria-label", label);
    const option = (value, words) => {
      const one = /** @type {HTMLOptionElement} */ (element("option", "", words));
      one.value = value;
      return one;
    };
    select.append(option("", page.say("page.filter_all", { v: label })));
    Object.keys(codes).forEach((code) => select.append(option(code, codes[code])));
    select.addEventListener("change", () => change(page, name, select.value));
    made.box = select;
    made.show = (asked) => {
      const value = [].concat(asked[name] || "")[0];
      select.value = codes[value] ? value : Object.keys(codes).find((code) => codes[code] === value) || "";
    };
    return made;
  }

  Enping.filterBox = filterBox;
})((globalThis.Enping = globalThis.Enping || {}));
