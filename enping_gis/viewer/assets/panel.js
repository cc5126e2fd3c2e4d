"use strict";
/* The left panel: total, legend with figures, line keys, and the list of units with plots. */
(function (/** @type {any} */ Enping) {
  const { element, swatch, button } = Enping;
  const MOST_LISTED = 300;

  /** @param {HTMLElement} box @param {object} page */
  function showPanel(box, page) {
    const { say, data } = page;
    const byTown = data.meta.grouping === "town";
    box.append(total(page));
    const score = Enping.scoreboard(page);
    box.append(Enping.filterBox(page));
    box.append(heading(say("page.legend"), say("page.plots_mu")), Enping.legend(page));
    if (data.legend.some((row) => row.partly)) {
      box.append(element("p", "small", say("page.note_done")));
    }
    box.append(keys(page));
    if (page.findings) {
      const section = Enping.findingSection(page);
      box.append(section);
      box.querySelector(".total").append(Enping.toFindings(page, section));
    }
    if (page.assemblies) {
      box.append(Enping.assemblySection(page));
    }
    if (score) {
      box.append(score);
    }
    box.append(heading(say(byTown ? "page.units_town" : "page.units"), say("page.plots_mu")), units(page));
    if (data.unplaced.length) {
      box.append(unplaced(page));
    }
  }

  function heading(words, unit) {
    return element("h2", "", words, [element("small", "", unit)]);
  }

  function total(page) {
    const { say, data } = page;
    const block = element("section", "total", null, [element("h2", "", say("page.total_title"))]);
    const figure = element("p", "figure", null, [
      element("b", "", Enping.grouped(data.total.mu)),
      element("span", "", " " + say("page.mu")),
    ]);
    const rest = element("p", "small");
    block.append(figure, rest);
    const [mu] = figure.children;
    const update = function () {
      const { table } = data;
      const known = page.view.isLatest() || !table.standing;
      const { total } = known ? { total: 0 } : Enping.figuresOf(table, data.statuses.length, table.standing);
      const ha = known ? data.total.ha : Enping.printed(Math.floor((2 * total + 100) / 200), 4);
      mu.textContent = Enping.grouped(known ? data.total.mu : Enping.printed(Enping.muOf(total), 2));
      rest.textContent = Enping.grouped(ha) + " " + say("page.ha") + " · " + page.count(table.count());
    };
    page.view.follow(update);
    update();
    return block;
  }

  function keys(page) {
    const { data, say } = page;
    const list = element("ul", "keys");
    const key = (className, code) =>
      list.append(element("li", "", null, [element("i", className), element("span", "", say(code))]));
    const towns = data.places.filter((place) => place.kind !== "park");
    if (towns.length) {
      const schematic = towns.some((place) => place.schematic);
      key(schematic ? "line long" : "line solid", schematic ? "page.key_boundary" : "page.key_boundary_real");
    }
    const parks = data.places.filter((place) => place.kind === "park");
    if (parks.length) {
      const schematic = parks.some((place) => place.schematic);
      key(schematic ? "line park" : "line park real", schematic ? "page.key_park_schematic" : "page.key_park");
    }
    const lines = data.table.coded.line.values;
    if (lines.includes("synthetic")) {
      key("line dotted", "page.key_synthetic");
    }
    if (lines.includes("schematic")) {
      key("line dashed", "page.key_schematic");
    }
    if (data.table.partly) {
      key("line partly", "page.key_partly");
    }
    if (page.findings && page.findings.rows.some((row) => row.ground && row.rings.length)) {
      key("line ground", "page.key_ground");
    }
    return list;
  }

  function units(page) {
    const list = element("ul", "units");
    // Columns as wide as their longest figure leave the names all the room there is.
    const longest = (figure) => Math.max(3, ...page.data.units.map((unit) => figure(unit).length));
    list.style.setProperty("--n", longest((unit) => Enping.grouped(unit.n)) + "ch");
    list.style.setProperty("--mu", longest((unit) => Enping.grouped(unit.mu)) + "ch");
    page.data.units.forEach(function (unit) {
      const item = element("li");
      const row = button("unit", "", function () {
        const open = row.getAttribute("aria-expanded") !== "true";
        list.querySelectorAll(".unit[aria-expanded=true]").forEach(fold);
        if (open) {
          row.setAttribute("aria-expanded", "true");
          item.append(plotsOf(page, unit));
          item.scrollIntoView({ block: "nearest" });
          row.scrollIntoView({ block: "nearest" });
          page.gotoUnit(unit.key);
        }
      });
      row.setAttribute("aria-expanded", "false");
      row.append(
        element("span", "name", unit.label),
        element("span", "num", Enping.grouped(unit.n)),
        element("span", "num mu", Enping.grouped(unit.mu))
      );
      item.append(row);
      list.append(item);
    });
    return list;
  }

  function fold(row) {
    row.setAttribute("aria-expanded", "false");
    row.nextSibling.remove();
  }

  function plotsOf(page, unit) {
    const members = page.data.table.coded.unit.rows(unit.key).filter((row) => page.data.table.stands(row)).map((row) => page.data.plots[row]);
    const list = plotList(page, members);
    list.setAttribute("aria-label", page.say("page.unit_plots", { u: unit.label }));
    return list;
  }

  /** A long list has only the rows that are in sight. */
  function plotList(page, plots) {
    if (plots.length > MOST_LISTED) {
      return Enping.windowedList("plots", plots.length, (i) => plotRow(page, plots[i]));
    }
    const items = plots.map((plot) => element("li", "", null, [plotRow(page, plot)]));
    return element("ul", "plots", null, items);
  }

  function plotRow(page, plot) {
    const row = button("plot", "", () => page.goto(plot.id));
    row.append(
      swatch(page.data.statuses[plot.status]),
      element("span", "name", plot.name || plot.id),
      element("span", "num", Enping.grouped(plot.mu))
    );
    return row;
  }

  function unplaced(page) {
    const plots = page.data.unplaced.map((i) => page.data.plots[i]);
    const words = page.say("page.notplaced", { n: Enping.grouped(plots.length) });
    const details = element("details", "unplaced", null, [element("summary", "", words)]);
    // A list in sight knows how high its rows are.
    details.addEventListener("toggle", () => details.append(plotList(page, plots)), { once: true });
    return details;
  }

  Object.assign(Enping, { showPanel, plotRow });
})((globalThis.Enping = globalThis.Enping || {}));
