"use strict";
/* Elements made from text: whatever a file says goes in as text, never as markup. */
(function (/** @type {any} */ Enping) {
  /**
   * @param {string} tag
   * @param {string} [className]
   * @param {string|number|null} [words]
   * @param {Node[]} [children]
   * @returns {HTMLElement}
   */
  function element(tag, className, words, children) {
    const made = document.createElement(tag);
    if (className) {
      made.className = className;
    }
    if (words !== undefined && words !== null) {
      made.textContent = String(words);
    }
    (children || []).forEach((child) => made.appendChild(child));
    return made;
  }

  /**
   * A swatch of a status, with stroke and hatch as on the map.
   * @param {object} status
   * @returns {HTMLElement}
   */
  function swatch(status) {
    const made = element("span", "swatch");
    made.setAttribute("aria-hidden", "true");
    made.style.backgroundColor = status.colour;
    made.style.borderColor = status.stroke;
    if (status.pattern === "hatch") {
      made.classList.add("hatched");
    }
    return made;
  }

  /**
   * @param {string} className
   * @param {string} words
   * @param {() => void} act
   * @returns {HTMLButtonElement}
   */
  function button(className, words, act) {
    const made = /** @type {HTMLButtonElement} */ (element("button", className, words));
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  Object.assign(Enping, { element, swatch, button });
})((globalThis.Enping = globalThis.Enping || {}));
