"use strict";
/* Sets of plots to combine: outlined on the map, listed in the panel, gone through one by one. */
(function (/** @type {any} */ Enping) {
  const { element, button } = Enping;
  // Sets overlap each other; more outlines than these are a tangle.
  const MOST_OUTLINED = 40;
  const MOST_LISTED = 300;

  const AssemblyLayer = L.LayerGroup.extend({
    word: "page.layer_assemblies",

    initialize: function (page) {
      L.LayerGroup.prototype.initialize.call(this, []);
      this.page = page;
      this.rows = [];
      this.chosen = -1;
      page.assemblies = this;
      page.toFill.push(this);
    },

    /** Take over the sets, once they are unpacked. */
    fill: function () {
      this.rows = this.page.data.assemblies;
      this.rows.forEach((row) => {
        row.outline = Enping.outlines({ rings: row.rings || [] });
      });
      this.draw();
    },

    draw: function () {
      this.clearLayers();
      const line = (row, look) =>
        row.outline.length &&
        this.addLayer(L.polygon(row.outline, Object.assign({ pane: "marks", fill: false, interactive: false }, look)));
      this.rows.slice(0, MOST_OUTLINED).forEach((row) => line(row, { color: "#0B5CAD", weight: 1.6, dashArray: "5 4" }));
      const row = this.rows[this.chosen];
      if (row) {
        line(row, { color: "#FFFFFF", weight: 8 });
        line(row, { color: "#0B5CAD", weight: 4 });
      }
    },

    /** Show a set: its plots are chosen, and it fills the view. @param {number} at */
    goto: function (at) {
      const { page } = this;
      this.chosen = at;
      const { plots } = this.rows[at];
      page.basket.set(plots.map((row) => page.data.plots[row].id));
      page.showBasket();
      const bounds = page.parcels.bounds(plots);
      if (bounds) {
        page.map.fitBounds(bounds.pad(0.4), { animate: false, maxZoom: 18 });
      }
      this.draw();
      this.fire("chosen");
      return page.painted();
    },
  });

  /** @param {any} page @returns {HTMLElement} the section of the panel */
  function assemblySection(page) {
    const { say, assemblies } = page;
    const n = assemblies.rows.length;
    const section = element("section", "assemblies");
    section.append(element("h2", "", say("page.layer_assemblies"), [element("small", "", Enping.grouped(n))]));
    if (!n) {
      section.append(element("p", "small", say("page.assemblies_none")));
      return section;
    }
    const where = element("span", "small");
    const step = (code, by) => button("step", say(code), () => assemblies.goto(Math.min(n - 1, Math.max(0, assemblies.chosen + by))));
    const [back, next] = [step("page.finding_previous", -1), step("page.finding_next", 1)];
    section.append(element("div", "steps", null, [back, where, next]));
    const rowOf = (at) => line(page, at);
    const list = n > MOST_LISTED
      ? Enping.windowedList("plots sets", n, rowOf)
      : element("ul", "plots sets", null, assemblies.rows.map((_, at) => element("li", "", null, [rowOf(at)])));
    list.setAttribute("aria-label", say("page.layer_assemblies"));
    section.append(list);
    const update = function () {
      where.textContent = say("page.finding_at", { i: Enping.grouped(assemblies.chosen + 1), n: Enping.grouped(n) });
      back.disabled = assemblies.chosen <= 0;
      next.disabled = assemblies.chosen >= n - 1;
      list.querySelectorAll(".set").forEach((one) => {
        one.setAttribute("aria-pressed", String(one.dataset.at === String(assemblies.chosen)));
      });
    };
    page.listen(assemblies, "chosen", update);
    update();
    return section;
  }

  function line(page, at) {
    const { say, data, assemblies } = page;
    const row = assemblies.rows[at];
    const names = row.plots.map((each) => data.plots[each].name || data.plots[each].id);
    const one = button("set", "", () => assemblies.goto(at));
    one.dataset.at = String(at);
    one.setAttribute("aria-pressed", String(at === assemblies.chosen));
    const figures = [
      page.count(row.plots.length),
      row.area_mu && Enping.grouped(row.area_mu) + " " + say("page.mu"),
      row.compactness && say("page.compactness_short", { v: row.compactness }),
      row.elsewhere && say("page.assembly_elsewhere", { n: row.elsewhere }),
    ];
    one.append(
      element("span", "num", Enping.grouped(at + 1)),
      element("span", "name", row.label || names.join(say("page.list_mark"))),
      element("span", "small", figures.filter(Boolean).join(" · "))
    );
    one.title = names.join(say("page.list_mark"));
    return one;
  }

  Object.assign(Enping, { AssemblyLayer, assemblySection });
})((globalThis.Enping = globalThis.Enping || {}));
