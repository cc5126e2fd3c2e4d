"use strict";
/* Findings in the panel: by severity and rule, each with its number, to be shown or hidden. */
(function (/** @type {any} */ Enping) {
  const { element, button } = Enping;
  const LISTED = 100;

  /** The mark of a severity, as on the map. */
  function mark(severity) {
    const made = element("span", "mark " + severity.code, null, [
      element("i", "", severity.code === "info" ? "i" : "!"),
    ]);
    made.setAttribute("aria-hidden", "true");
    return made;
  }

  /** @param {object} page @returns {HTMLElement} the section of the panel */
  function findingSection(page) {
    const { say, findings } = page;
    const section = element("section", "findings");
    const count = element("small", "");
    section.append(element("h2", "", say("page.findings"), [count]));
    if (!findings.rows.length) {
      section.append(element("p", "small", say("page.findings_none")));
      return section;
    }
    const boxes = [];
    section.append(severities(page, boxes));
    section.append(element("ul", "rules", null, findings.groups.map((group) => ruleItem(page, group, boxes))));
    const hint = element("p", "small", say("page.findings_hidden"));
    section.append(hint);
    const unplaced = findings.rows.filter((row) => !row.placed).length;
    if (unplaced) {
      section.append(element("p", "small", say("page.findings_unplaced", { n: Enping.grouped(unplaced) })));
    }
    const update = function () {
      const shown = findings.shown().length;
      const all = findings.rows.length;
      count.textContent = say("page.findings_shown", { s: Enping.grouped(shown), n: Enping.grouped(all) });
      hint.hidden = shown > 0;
      boxes.forEach((refresh) => refresh());
    };
    page.listen(findings, "filtered", function () {
      update();
      document.getElementById("said").textContent = say("page.findings") + " " + count.textContent;
    });
    update();
    return section;
  }

  /** A box for some groups: ticked, empty, or in between. */
  function tick(page, groups, words, boxes) {
    const box = /** @type {HTMLInputElement} */ (element("input"));
    box.type = "checkbox";
    box.setAttribute("aria-label", page.say("page.finding_show", { v: words }));
    box.addEventListener("change", () => page.findings.show(groups, box.checked));
    boxes.push(function () {
      const on = groups.filter((group) => group.on).length;
      box.checked = on === groups.length;
      box.indeterminate = on > 0 && on < groups.length;
    });
    return box;
  }

  function severities(page, boxes) {
    const { findings } = page;
    const line = element("p", "severities");
    findings.data.severities.forEach(function (severity, i) {
      const groups = findings.groups.filter((group) => group.severity === i);
      if (groups.length) {
        const number = groups.reduce((sum, group) => sum + group.rows.length, 0);
        line.append(
          element("label", "", null, [
            tick(page, groups, severity.label, boxes),
            mark(severity),
            element("span", "", severity.label + " " + Enping.grouped(number)),
          ])
        );
      }
    });
    return line;
  }

  function ruleItem(page, group, boxes) {
    const { data } = page.findings;
    const severity = data.severities[group.severity];
    const label = data.rules[group.rule].label;
    const row = button("rule", "", function () {
      const open = row.getAttribute("aria-expanded") !== "true";
      row.setAttribute("aria-expanded", String(open));
      if (open) {
        item.append(listOf(page, group));
        item.scrollIntoView({ block: "nearest" });
      } else {
        item.lastChild.remove();
      }
    });
    row.setAttribute("aria-expanded", "false");
    row.setAttribute("aria-label", [severity.label, label, Enping.grouped(group.rows.length)].join(" · "));
    row.append(
      mark(severity),
      element("span", "name", label),
      element("span", "num", Enping.grouped(group.rows.length))
    );
    const words = label + " (" + severity.label + ")";
    const line = element("div", "rule-line", null, [
      element("label", "", null, [tick(page, [group], words, boxes)]),
      row,
    ]);
    const item = element("li", "", null, [line]);
    return item;
  }

  function listOf(page, group) {
    const list = element("ul", "found");
    list.setAttribute("aria-label", page.findings.data.rules[group.rule].label);
    let listed = 0;
    const more = button("list-more", "", () => extend(true));
    const last = element("li", "", null, [more]);
    const extend = function (focus) {
      const next = group.rows.slice(listed, listed + LISTED);
      const items = next.map((row) => element("li", "", null, [findingRow(page, row)]));
      items.forEach((item) => list.insertBefore(item, last));
      listed += next.length;
      const left = group.rows.length - listed;
      last.hidden = left === 0;
      more.textContent = page.say("page.findings_more", { n: Enping.grouped(Math.min(left, LISTED)) });
      if (focus && items.length) {
        items[0].firstChild.focus();
      }
    };
    list.append(last);
    extend(false);
    return list;
  }

  /** A button above the legend that leads to the list, where the panel shows little at a time. */
  function toFindings(page, section) {
    const { findings, say } = page;
    const { severities } = findings.data;
    const count = (i) => findings.rows.filter((row) => row.severity === i).length;
    const words = severities.map((severity, i) => [severity.label, count(i)]).filter(([, n]) => n);
    const said = words.map(([label, n]) => label + " " + Enping.grouped(n));
    const made = button("to-findings", "", function () {
      section.scrollIntoView({ block: "start" });
      const first = section.querySelector("input");
      if (first) {
        first.focus({ preventScroll: true });
      }
    });
    const none = say("page.findings_none");
    made.append(mark(severities[0]), element("span", "", said.length ? said.join(" · ") : none));
    return made;
  }

  /** A finding as a button that leads to it. */
  function findingRow(page, row) {
    const made = button("finding", "", () => page.findings.goto(row.index));
    made.append(element("span", "what", row.message));
    if (row.size) {
      made.append(element("span", "num", row.size));
    }
    return made;
  }

  Object.assign(Enping, { findingSection, toFindings, findingRow, findingMark: mark });
})((globalThis.Enping = globalThis.Enping || {}));
