"use strict";
/* The table that is the map's equal: sortable, windowed, for keyboard and screen reader. */
(function (/** @type {any} */ Enping) {
  const { element, button } = Enping;
  const ROW_PX = 28;
  const SPARE = 12;

  /** @param {any} page */
  function addTable(page) {
    const box = element("section", "drawer");
    box.id = "table";
    // Which column sorts, and whether the table is open, outlast the language.
    const state = page.tableState || { by: 1, down: false, open: false };
    page.tableState = state;
    box.hidden = !state.open;
    box.setAttribute("aria-label", page.say("page.table"));
    page.place(document.querySelector("main.map"), box);
    const columns = Enping.sheetColumns(page);
    let rows = [];
    const body = element("tbody");
    const heads = columns.map(([code], i) => {
      const one = button("sort", page.say(code), () => sort(i));
      const cell = element("th", "", null, [one]);
      cell.scope = "col";
      return cell;
    });
    const table = element("table", "twin", null, [
      element("caption", "", page.say("page.table")), element("thead", "", null, [element("tr", "", null, heads)]), body,
    ]);
    const scroller = element("div", "twin-scroll", null, [table]);
    scroller.tabIndex = 0;
    scroller.setAttribute("aria-label", page.say("page.table"));
    scroller.setAttribute("role", "region");
    const sum = element("p", "twin-sum");
    box.append(
      element("div", "tools", null, [
        sum,
        button("tool", page.say("page.copy"), () => Enping.copyRows(page)),
        button("tool", page.say("page.download"), () => Enping.downloadRows(page)),
        button("tool", page.say("page.close"), () => toggle(false)),
      ]),
      scroller
    );

    function sort(i) {
      state.down = state.by === i && !state.down;
      state.by = i;
      update();
    }

    /** Rows in order; blanks last, ties by the order of the file. */
    function order() {
      const value = columns[state.by][1];
      const keyed = Enping.shownRows(page).map((row) => [row, value(page.data.plots[row], page)]);
      const sign = state.down ? -1 : 1;
      const collator = new Intl.Collator(page.data.lang === "zh" ? "zh-CN" : "en", { numeric: true });
      const blank = (key) => key === undefined || key === null || key === "";
      keyed.sort(function (a, b) {
        if (blank(a[1]) || blank(b[1])) {
          return Number(blank(a[1])) - Number(blank(b[1])) || a[0] - b[0];
        }
        const less = typeof a[1] === "number" ? a[1] - b[1] : collator.compare(a[1], b[1]);
        return sign * less || a[0] - b[0];
      });
      return keyed.map((pair) => pair[0]);
    }

    function update() {
      if (box.hidden) {
        return;
      }
      rows = order();
      table.setAttribute("aria-rowcount", String(rows.length + 1));
      heads.forEach((head, i) => head.setAttribute("aria-sort", i !== state.by ? "none" : state.down ? "descending" : "ascending"));
      const { count, area_mu: mu } = page.view.visible();
      sum.textContent = page.say("page.table_sum", { n: Enping.grouped(count), a: Enping.grouped(mu.toFixed(2)) });
      show();
    }

    /** Write the rows in sight, between two that are as high as all the others. */
    function show() {
      const from = Math.max(0, Math.floor(scroller.scrollTop / ROW_PX) - SPARE);
      const to = Math.min(rows.length, Math.ceil((scroller.scrollTop + scroller.clientHeight) / ROW_PX) + SPARE);
      const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.row : undefined;
      body.replaceChildren(gap(from), ...rows.slice(from, to).map((row, i) => line(row, from + i)), gap(rows.length - to));
      const again = focused && body.querySelector('[data-row="' + focused + '"]');
      if (again instanceof HTMLElement) {
        again.focus({ preventScroll: true });
      }
    }

    function gap(count) {
      const filler = element("tr", "gap");
      filler.setAttribute("aria-hidden", "true");
      filler.style.height = count * ROW_PX + "px";
      return filler;
    }

    function line(row, at) {
      const plot = page.data.plots[row];
      const cells = columns.map(([code, value]) => {
        const said = value(plot, page);
        if (code === "page.id") {
          const open = button("open", plot.id, () => page.goto(plot.id));
          open.dataset.row = String(row);
          return element("td", "", null, [open]);
        }
        const figure = typeof said === "number";
        const words = figure ? Enping.grouped(code === "page.area_mu" ? plot.mu : plot.ha) : said;
        return element("td", figure ? "num" : "", words === undefined ? "—" : words);
      });
      const made = element("tr", page.basket.has(row) ? "in-basket" : "", null, cells);
      made.setAttribute("aria-rowindex", String(at + 2));
      return made;
    }

    function toggle(on) {
      box.hidden = on === undefined ? !box.hidden : !on;
      state.open = !box.hidden;
      document.body.classList.toggle("with-table", state.open);
      if (!box.hidden) {
        page.close();
        update();
        scroller.focus({ preventScroll: true });
      }
      page.map.invalidateSize({ pan: false, animate: false });
    }

    scroller.addEventListener("scroll", show, { passive: true });
    new ResizeObserver(() => !box.hidden && show()).observe(scroller);
    page.view.follow(update);
    page.basket.follow(update);
    page.toggleTable = toggle;
  }

  Enping.addTable = addTable;
})((globalThis.Enping = globalThis.Enping || {}));
