"use strict";
/* Long lists: as high as all their rows, of which only those in sight are there. */
(function (/** @type {any} */ Enping) {
  const { element } = Enping;
  const SPARE = 10;

  /**
   * Rows to have ready.
   * @param {number} count of all rows
   * @param {number} height of one row
   * @param {number} top where the sight begins, from the top of the list
   * @param {number} bottom where it ends
   * @returns {number[]} the first, and the one after the last
   */
  function inSight(count, height, top, bottom) {
    const from = Math.max(0, Math.min(count, Math.floor(top / height) - SPARE));
    return [from, Math.max(from, Math.min(count, Math.ceil(bottom / height) + SPARE))];
  }

  /**
   * @param {string} className
   * @param {number} count
   * @param {(i: number) => HTMLElement} rowOf content of a row
   * @returns {HTMLElement} a list that fills itself as it is scrolled
   */
  function windowedList(className, count, rowOf) {
    const list = element("ul", className + " windowed");
    const items = new Map();
    let height = 0;
    const itemOf = function (i) {
      const item = element("li", "", null, [rowOf(i)]);
      item.setAttribute("aria-setsize", String(count));
      item.setAttribute("aria-posinset", String(i + 1));
      item.style.top = i * height + "px";
      return item;
    };
    const update = function () {
      if (!list.isConnected) {
        return;
      }
      const frame = list.getBoundingClientRect();
      const sight = scroller(list).getBoundingClientRect();
      const [from, to] = inSight(count, height, sight.top - frame.top, sight.bottom - frame.top);
      items.forEach(function (item, i) {
        if ((i < from || i >= to) && !item.contains(document.activeElement)) {
          item.remove();
          items.delete(i);
        }
      });
      for (let i = from; i < to; i += 1) {
        if (!items.has(i)) {
          const item = itemOf(i);
          items.set(i, item);
          // The order of the keyboard is that of the rows.
          const after = Array.from(items.keys()).filter((k) => k > i).sort((a, b) => a - b)[0];
          list.insertBefore(item, after === undefined ? null : items.get(after));
        }
      }
    };
    const begin = function () {
      if (!list.isConnected) {
        return;
      }
      const probe = itemOf(0);
      list.append(probe);
      height = Math.max(1, probe.getBoundingClientRect().height);
      probe.remove();
      list.style.height = count * height + "px";
      scroller(list).addEventListener("scroll", update, { passive: true });
      list.addEventListener("focusin", update);
      update();
    };
    new ResizeObserver(update).observe(list);
    requestAnimationFrame(begin);
    return list;
  }

  /** The nearest element around that scrolls. */
  function scroller(inner) {
    for (let box = inner.parentElement; box; box = box.parentElement) {
      if (/(auto|scroll)/.test(getComputedStyle(box).overflowY)) {
        return box;
      }
    }
    return document.documentElement;
  }

  Object.assign(Enping, { windowedList, inSight });
})((globalThis.Enping = globalThis.Enping || {}));
