"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const path = require("node:path");

const assets = path.join(__dirname, "..", "..", "..", "enping_gis", "viewer", "assets");
for (const name of ["format.js", "marks.js"]) {
  require(path.join(assets, name));
}
const { Enping } = globalThis;

/** Places that look random and are the same in every run. */
function places(n, wide) {
  const found = [];
  let state = 12345;
  const next = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
  for (let i = 0; i < n; i += 1) {
    found.push({ x: next() * wide - wide / 2, y: next() * wide - wide / 2 });
  }
  return found;
}

test("groups go by severity, then by rule, and keep every finding", () => {
  const rows = [
    { severity: 2, rule: 0, placed: true },
    { severity: 0, rule: 1, placed: true },
    { severity: 1, rule: 0, placed: true },
    { severity: 0, rule: 0, placed: true },
    { severity: 0, rule: 1, placed: true },
  ];
  const groups = Enping.groupsOf(rows);
  assert.deepEqual(groups.map((group) => [group.severity, group.rule, group.rows.length]), [
    [0, 0, 1], [0, 1, 2], [1, 0, 1], [2, 0, 1],
  ]);
  assert.deepEqual(groups.map((group) => group.on), [true, true, true, false]);
  assert.deepEqual(Enping.groupsOf([]), []);
});

test("notes are shown where nothing graver is on the map", () => {
  const note = { severity: 2, rule: 0, placed: true };
  const on = (rows) => Enping.groupsOf(rows).map((group) => group.on);
  assert.deepEqual(on([note]), [true]);
  assert.deepEqual(on([note, { severity: 0, rule: 1, placed: false }]), [true, true]);
  assert.deepEqual(on([note, { severity: 1, rule: 1, placed: true }]), [true, false]);
});

test("each place belongs to one mark, which is near, and marks are apart", () => {
  for (const [n, wide, apart] of [[0, 10, 5], [1, 10, 5], [400, 300, 26], [400, 1e7, 26], [300, 0, 26]]) {
    const all = places(n, wide);
    const marks = Enping.gathered(all, apart);
    const members = marks.flatMap((mark) => mark.members);
    assert.deepEqual(members.slice().sort((a, b) => a - b), all.map((_, i) => i));
    for (const mark of marks) {
      assert.deepEqual([mark.x, mark.y], [all[mark.members[0]].x, all[mark.members[0]].y]);
      // The most important of a mark comes first.
      assert.equal(Math.min(...mark.members), mark.members[0]);
      for (const i of mark.members) {
        assert.ok(Math.hypot(all[i].x - mark.x, all[i].y - mark.y) < apart);
      }
    }
    marks.forEach((one, i) =>
      marks.slice(i + 1).forEach((two) => assert.ok(Math.hypot(one.x - two.x, one.y - two.y) >= apart))
    );
  }
});

test("three in a row: the middle one belongs to the nearer neighbour", () => {
  const marks = Enping.gathered([{ x: 0, y: 0 }, { x: 30, y: 0 }, { x: 20, y: 0 }], 26);
  assert.deepEqual(marks.map((mark) => mark.members), [[0], [1, 2]]);
});
