"use strict";
/* The two languages of the page: all that is said changes places with what the other one says. */
(function (/** @type {any} */ Enping) {
  /**
   * Swap the texts of the figures; swapped twice, all is as before.
   * @param {any} data of the page; `inOther` lists where the other language says something else
   */
  function swapTexts(data) {
    (data.inOther || []).forEach(function (entry) {
      const [path, words] = entry;
      const owner = path.slice(0, -1).reduce((found, key) => found[key], data);
      const last = path[path.length - 1];
      entry[1] = owner[last];
      owner[last] = words;
    });
    const { other } = data;
    Object.keys(other).forEach(function (name) {
      [data[name], other[name]] = [other[name], data[name]];
    });
    Object.keys(data.table.coded).forEach((name) => data.table.coded[name].swap());
  }

  /** What the frame of the page says: title, bar, notice, foot. @param {any} frame */
  function sayFrame(frame) {
    const put = function (selector, words) {
      const box = document.querySelector(selector);
      if (box) {
        box.textContent = words;
      }
    };
    document.documentElement.lang = frame.html_lang;
    document.title = frame.title;
    put(".top h1", frame.title);
    put(".top .internal", frame.internal);
    put(".notice", frame.notice);
    put(".foot", frame.foot);
    document.querySelector(".foot").setAttribute("title", frame.foot);
    document.getElementById("panel").setAttribute("aria-label", frame.panel);
    document.getElementById("card").setAttribute("aria-label", frame.card);
  }

  /**
   * What a filter asks for by name, by code: names change with the language.
   * @param {{town?: any, category?: any}} asked
   * @param {Object<string, Object<string, string>>} codes names by code
   */
  function askedByCode(asked, codes) {
    const found = Object.assign({}, asked);
    ["town", "category"].forEach(function (name) {
      const names = (codes || {})[name] || {};
      const coded = (value) => Object.keys(names).find((code) => names[code] === value) || value;
      if (asked[name] !== undefined) {
        found[name] = Array.isArray(asked[name]) ? asked[name].map(coded) : coded(asked[name]);
      }
    });
    return found;
  }

  Object.assign(Enping, { swapTexts, sayFrame, askedByCode });
})((globalThis.Enping = globalThis.Enping || {}));
