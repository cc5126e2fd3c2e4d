"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const path = require("node:path");

const assets = path.join(__dirname, "..", "..", "..", "enping_gis", "viewer", "assets");
for (const name of ["format.js", "rings.js", "symbols.js"]) {
  require(path.join(assets, name));
}
const { Enping } = globalThis;

test("messages are filled, unknown names stay, values are not read again", () => {
  assert.equal(Enping.fill("{n} of {a}", { n: 3, a: "{n}" }), "3 of {n}");
  assert.equal(Enping.fill("{n} {missing}", { n: 0 }), "0 {missing}");
  assert.equal(Enping.fill("", {}), "");
});

test("figures get commas in the whole part only", () => {
  assert.equal(Enping.grouped("8605.84"), "8,605.84");
  assert.equal(Enping.grouped("1234567.8901"), "1,234,567.8901");
  assert.equal(Enping.grouped("-1234.50"), "-1,234.50");
  assert.equal(Enping.grouped(119), "119");
});

test("mu from square metres", () => {
  assert.equal(Enping.mu(2000), "3.00");
  assert.equal(Enping.mu(600000, 0), "900");
});

test("the scale bar is the longest of 1-2-5 that fits", () => {
  for (let zoom = 2; zoom <= 22; zoom += 0.25) {
    const perPixel = Enping.metresPerPixel(22.2, zoom);
    const step = Enping.scaleStep(perPixel, 150);
    assert.match(String(step.metres).replace(/[0.]/g, ""), /^[125]$/);
    assert.ok(step.pixels <= 150 + 1e-9 && step.pixels > 150 / 2.5 - 1e-9, String(zoom));
  }
  assert.equal(Enping.scaleStep(1, 150).label, "100 m");
  assert.equal(Enping.scaleStep(10, 150).label, "1 km");
});

test("rings decode to where they were", () => {
  const [ring] = Enping.decode([[1120010000, 220000000, 0, 10000, -10000, 0]]);
  assert.ok(Math.abs(Enping.longitudeOf(ring[0]) - 112.001) < 1e-9);
  assert.ok(Math.abs(Enping.latitudeOf(ring[3]) - 22.001) < 1e-9);
});

test("inside, outside, hole and island", () => {
  const square = (from, to) => Float64Array.of(from, from, to, from, to, to, from, to);
  const rings = [square(0, 10), square(2, 8), square(4, 6)];
  assert.equal(Enping.contains(rings, 1, 1), true);
  assert.equal(Enping.contains(rings, 3, 3), false);
  assert.equal(Enping.contains(rings, 5, 5), true);
  assert.equal(Enping.contains(rings, 11, 5), false);
  assert.equal(Enping.contains([], 0, 0), false);
  assert.deepEqual(Enping.extent(rings), [0, 0, 10, 10]);
});

test("symbols do not overlap after spreading and stay in the frame", () => {
  const boxes = [];
  for (let i = 0; i < 12; i += 1) {
    boxes.push({ x: 300 + (i % 3) * 4, y: 300 + i * 3, w: 60, h: 70 });
  }
  const frame = { x: 0, y: 0, w: 900, h: 700 };
  const at = Enping.spread(boxes, frame);
  for (let i = 0; i < at.length; i += 1) {
    assert.ok(at[i].x >= 30 && at[i].x <= 870 && at[i].y >= 35 && at[i].y <= 665);
    for (let j = i + 1; j < at.length; j += 1) {
      const apart = Math.abs(at[i].x - at[j].x) >= 60 || Math.abs(at[i].y - at[j].y) >= 70;
      assert.ok(apart, `${i} and ${j}`);
    }
  }
});

test("units group plots and split what is done", () => {
  const plots = [
    { rings: [], unit: "a", m2: "100", x: 0, y: 0, status: 1, doneM2: 40, doneStatus: 4 },
    { rings: [], unit: "a", m2: "300", x: 4, y: 8, status: 2 },
    { unit: "a", m2: "5", status: 2 }, // no place
  ];
  const groups = [{ key: "a", label: "A" }];
  const [unit] = Enping.unitsOf(plots, [], groups);
  assert.equal(unit.label, "A");
  assert.equal(unit.count, 2);
  assert.equal(unit.areaM2, 400);
  assert.deepEqual([unit.x, unit.y], [3, 6]);
  assert.equal(Enping.unitsOf(plots, [{ code: "a", at: [0, 0] }], groups)[0].x, 0.5);
  assert.deepEqual([unit.shares[1], unit.shares[2], unit.shares[4]], [60, 300, 40]);
});
