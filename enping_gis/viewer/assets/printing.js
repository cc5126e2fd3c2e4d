"use strict";
/* The map on paper and as a picture: title, legend, scale bar, north, day, source and notice. */
(function (/** @type {any} */ Enping) {
  const { element, button } = Enping;
  const MM_PX = 96 / 25.4;
  const SHEETS = { A4: [297, 210], A3: [420, 297] };
  const MARGIN_MM = 10;

  /** @param {any} page */
  function addPrinting(page) {
    const { say } = page;
    const box = /** @type {HTMLDialogElement} */ (element("dialog", "print-dialog"));
    const title = /** @type {HTMLInputElement} */ (element("input"));
    title.value = document.title;
    const sheet = /** @type {HTMLSelectElement} */ (element("select"));
    Object.keys(SHEETS).forEach((name) => sheet.append(element("option", "", name)));
    box.setAttribute("aria-label", say("page.print"));
    box.append(
      element("h2", "", say("page.print")),
      element("label", "", say("page.print_title"), [title]),
      element("label", "", say("page.print_sheet"), [sheet]),
      element("div", "tools", null, [
        button("tool", say("page.print"), async () => {
          box.close();
          await preparePrint(page, sheet.value, title.value);
          window.print();
        }),
        button("tool", say("page.close"), () => box.close()),
      ])
    );
    page.place(document.body, box);
    page.askPrint = () => box.showModal();
    page.listen(window, "afterprint", () => endPrint(page));
  }

  /** Lay the page out for a sheet, landscape, and draw the map at that size. */
  async function preparePrint(page, name, title) {
    const [wide, high] = SHEETS[name] || SHEETS.A4;
    const { body } = document;
    body.classList.add("printing");
    body.dataset.sheet = name;
    body.style.width = (wide - 2 * MARGIN_MM) * MM_PX + "px";
    body.style.height = (high - 2 * MARGIN_MM) * MM_PX - 2 + "px";
    document.querySelector(".top h1").textContent = title;
    page.map.invalidateSize({ pan: false, animate: false });
    page.parcels.redraw();
    await page.painted();
    if (page.base) {
      await page.base.loaded();
    }
  }

  function endPrint(page) {
    const { body } = document;
    body.classList.remove("printing");
    delete body.dataset.sheet;
    body.style.width = body.style.height = "";
    document.querySelector(".top h1").textContent = document.title;
    page.map.invalidateSize({ pan: false, animate: false });
  }

  /**
   * Draw what the map shows, with frame, onto one canvas.
   * @param {any} page
   * @returns {Promise<HTMLCanvasElement>} twice as fine as the screen
   */
  async function picture(page) {
    await page.painted();
    const container = page.map.getContainer();
    const around = container.getBoundingClientRect();
    const ratio = 2;
    const [top, side] = [56, 236];
    const canvas = document.createElement("canvas");
    canvas.width = (around.width + side) * ratio;
    // A browser hands out no pixels of pictures that came from elsewhere.
    const isBare = page.base && page.data.base.kind !== "picture";
    const foot = document.querySelector(".foot").textContent + (isBare ? page.say("page.picture_nobase") : "");
    const notice = document.querySelector(".notice");
    const height = around.height + top + 62;
    canvas.height = height * ratio;
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.fillStyle = "#FFFFFF";
    pen.fillRect(0, 0, around.width + side, height);
    pen.save();
    pen.beginPath();
    pen.rect(0, top, around.width, around.height);
    pen.clip();
    pen.fillStyle = "#E9EBE8";
    pen.fillRect(0, top, around.width, around.height);
    await drawMap(pen, page, around, top);
    pen.restore();
    pen.strokeStyle = "#1B1F24";
    pen.strokeRect(0.5, top + 0.5, around.width - 1, around.height - 1);
    const say = (words, x, y, font, colour) => {
      pen.font = font + " " + Enping.FONT;
      pen.fillStyle = colour || "#1B1F24";
      pen.fillText(words, x, y, around.width + side - x - 8);
    };
    say(document.title, 12, 26, "700 20px");
    say(document.querySelector(".top .asof").textContent, 12, 47, "13px", "#565C63");
    say(notice ? notice.textContent : "", 12, height - 40, "13px", "#7A4B00");
    say(foot, 12, height - 16, "12px", "#565C63");
    frameSide(pen, page, around.width + 14, top + 16);
    return canvas;
  }

  async function drawMap(pen, page, around, top) {
    const place = (node) => {
      const box = node.getBoundingClientRect();
      return [box.left - around.left, box.top - around.top + top, box.width, box.height];
    };
    const panes = ["base", "places", "parcels", "marks"].map((name) => page.map.getPane(name)).filter(Boolean);
    for (const pane of panes) {
      for (const node of pane.querySelectorAll("canvas, svg")) {
        if (node instanceof HTMLCanvasElement) {
          pen.drawImage(node, ...place(node));
        } else {
          const image = await imageOf(node);
          pen.drawImage(image, ...place(node));
        }
      }
    }
    page.map.getContainer().querySelectorAll(".place-name").forEach(function (name) {
      if (name instanceof HTMLElement && !name.hidden) {
        const [x, y, , high] = place(name);
        pen.font = "600 13px " + Enping.FONT;
        pen.fillStyle = "#565C63";
        pen.fillText(name.textContent, x, y + high * 0.75);
      }
    });
  }

  function imageOf(svg) {
    return new Promise(function (done, failed) {
      const image = new Image();
      const copy = svg.cloneNode(true);
      // Where it stands on the page is no matter of the picture.
      copy.removeAttribute("style");
      const words = new XMLSerializer().serializeToString(copy);
      image.onload = () => done(image);
      image.onerror = failed;
      image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(words);
    });
  }

  /** Legend with figures, scale bar and north arrow. */
  function frameSide(pen, page, x, y) {
    pen.fillStyle = "#1B1F24";
    document.querySelectorAll(".legend tbody tr").forEach(function (row) {
      if (!(row instanceof HTMLElement) || row.hidden) {
        return;
      }
      const status = page.data.statuses.find((each) => row.querySelector(".only") && each.label === row.querySelector(".only").textContent);
      if (status) {
        pen.fillStyle = status.colour;
        pen.fillRect(x, y - 11, 22, 14);
        pen.strokeStyle = status.stroke;
        pen.strokeRect(x, y - 11, 22, 14);
      }
      pen.fillStyle = "#1B1F24";
      pen.font = "12px " + Enping.FONT;
      pen.fillText(status ? status.label : page.say("total"), x + 28, y, 76);
      const figures = Array.from(row.querySelectorAll("td"), (cell) => cell.textContent);
      pen.textAlign = "right";
      pen.fillText(figures[0], x + 134, y);
      pen.fillText(figures[1], x + 210, y);
      pen.textAlign = "left";
      y += 22;
    });
    const { map } = page;
    const step = Enping.scaleStep(Enping.metresPerPixel(map.getCenter().lat, map.getZoom()), 150);
    y += 24;
    pen.fillText("0", x, y);
    pen.fillText(step.label, x + step.pixels - 10, y);
    pen.fillRect(x, y + 6, step.pixels, 3);
    pen.beginPath();
    pen.moveTo(x + 8, y + 30);
    pen.lineTo(x + 15, y + 54);
    pen.lineTo(x + 8, y + 48);
    pen.lineTo(x + 1, y + 54);
    pen.fill();
    pen.fillText(page.say("page.north"), x + 22, y + 46);
  }

  async function downloadPicture(page) {
    const canvas = await picture(page);
    await new Promise((done) => canvas.toBlob((blob) => done(Enping.save(page, blob, "enping.png")), "image/png"));
  }

  Object.assign(Enping, { addPrinting, preparePrint, endPrint, picture, downloadPicture });
})((globalThis.Enping = globalThis.Enping || {}));
