"use strict";
/* The life of a plot on its card: every event up to the day shown, the newest first. */
(function (/** @type {any} */ Enping) {
  const { element, button } = Enping;
  const FIRST = 5;

  /** @param {any} page @param {any} plot @returns {HTMLElement[]} nothing where nothing is known */
  function lifeOf(page, plot) {
    const { say, data } = page;
    const events = data.table.events.of(plot.index, page.view.day).reverse();
    if (!events.length) {
      return [];
    }
    const count = element("small", "", say("page.events_count", { n: Enping.grouped(events.length) }));
    const list = element("ol", "life", null, events.slice(0, FIRST).map((event) => line(page, event)));
    const found = [element("h3", "", say("page.events"), [count]), list];
    const rest = events.slice(FIRST);
    if (rest.length) {
      const more = button("list-more", say("page.events_more", { n: Enping.grouped(rest.length) }), function () {
        const items = rest.map((event) => line(page, event));
        list.append(...items);
        more.remove();
        items[0].tabIndex = -1;
        items[0].focus({ preventScroll: true });
      });
      found.push(more);
    }
    return found;
  }

  function line(page, event) {
    const { say, data } = page;
    const kind = data.eventKinds[event.kind];
    const status = data.statuses[kind.status];
    const dot = element("i", status ? "dot" : "dot hollow");
    dot.setAttribute("aria-hidden", "true");
    if (status) {
      dot.style.backgroundColor = status.colour;
      dot.style.borderColor = status.stroke;
    }
    const day = Number.isFinite(event.day) ? Enping.isoOf(event.day) : data.meta.notStated;
    const head = [
      element("span", "event-day", day + (event.basis ? say("page.mark_" + event.basis) : "")),
      element("strong", "", kind.label),
    ];
    if (event.mu) {
      head.push(element("span", "num", Enping.grouped(event.mu) + " " + say("page.mu")));
    }
    if (event.yuan) {
      head.push(element("span", "num", Enping.grouped(event.yuan) + " " + say("page.yuan")));
    }
    if (event.isUndone) {
      head.push(element("span", "tag", say("page.event_undone")));
    }
    const said = [
      event.actor && say("page.event_actor", { v: event.actor }),
      event.document && say("page.event_document", { v: event.document }),
    ].filter(Boolean).join(" · ");
    const parts = [element("p", "event-head", null, head)];
    if (said) {
      parts.push(element("p", "small event-by", said));
    }
    if (event.note) {
      parts.push(element("p", "small event-said", event.note));
    }
    return element("li", event.isUndone ? "undone" : "", null, [dot, element("div", "", null, parts)]);
  }

  Enping.lifeOf = lifeOf;
})((globalThis.Enping = globalThis.Enping || {}));
