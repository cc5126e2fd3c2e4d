"use strict";
/* What plots make together: only sums of figures that came with the page, nothing is measured. */
(function (/** @type {any} */ Enping) {
  /**
   * @param {object} table columns of the plots: m2 and perimeter in hundredths
   * @param {(row: number) => object[]} contactsOf
   * @param {number[]} rows
   * @returns {{rows: number[], cents: number, sharedCm: number, perimeterCm: number, parts: number[][],
   *   touching: boolean, connected: boolean, widest: number, roads: object[],
   *   overlaps: object[], compactness: number|null}}
   *   connected counts roads that lie between; compactness is of plots that touch without a road
   */
  function combined(table, contactsOf, rows) {
    const chosen = new Set(rows);
    const pairs = [];
    rows.forEach(function (row) {
      contactsOf(row).forEach(function (contact) {
        if (contact.other > row && chosen.has(contact.other)) {
          pairs.push(Object.assign({ row: row }, contact));
        }
      });
    });
    const sum = (column) => rows.reduce((total, row) => total + column[row], 0);
    const cents = sum(table.m2);
    const sharedCm = pairs.reduce((total, pair) => total + Math.round(Number(pair.shared) * 100), 0);
    const perimeterCm = Math.max(0, sum(table.perimeter) - 2 * sharedCm);
    const touching = groups(rows, pairs.filter((pair) => pair.kind === "shared" || pair.kind === "overlap"));
    const across = pairs.filter((pair) => pair.kind === "across").sort((a, b) => a.gap - b.gap);
    const { parts, bridges } = joined(touching, across);
    const isOne = touching.length === 1;
    const m = perimeterCm / 100;
    return {
      rows, cents, sharedCm, perimeterCm, parts,
      touching: isOne,
      connected: parts.length === 1,
      widest: bridges.reduce((most, pair) => Math.max(most, Number(pair.gap)), 0),
      roads: bridges,
      overlaps: pairs.filter((pair) => pair.kind === "overlap"),
      compactness: isOne && m > 0 ? Math.min(1, (4 * Math.PI * (cents / 100)) / (m * m)) : null,
    };
  }

  /** Sets of rows that pairs hold together. */
  function groups(rows, pairs) {
    const group = new Map(rows.map((row) => [row, [row]]));
    pairs.forEach((pair) => unite(group, pair.row, pair.other));
    return Array.from(new Set(group.values()));
  }

  function unite(group, one, other) {
    const [into, from] = [group.get(one), group.get(other)];
    if (into === from) {
      return false;
    }
    from.forEach((row) => {
      into.push(row);
      group.set(row, into);
    });
    return true;
  }

  /** Join what touches across roads, the narrowest first; only roads that are needed are named. */
  function joined(touching, across) {
    const group = new Map();
    touching.forEach((part) => {
      const own = part.slice();
      own.forEach((row) => group.set(row, own));
    });
    const bridges = across.filter((pair) => unite(group, pair.row, pair.other));
    return { parts: Array.from(new Set(group.values())), bridges: bridges };
  }

  Enping.combined = combined;
})((globalThis.Enping = globalThis.Enping || {}));
