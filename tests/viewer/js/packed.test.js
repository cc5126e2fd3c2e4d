"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const path = require("node:path");
const zlib = require("node:zlib");

const assets = path.join(__dirname, "..", "..", "..", "enping_gis", "viewer", "assets");
for (const name of ["format.js", "rings.js", "codec.js", "outlines.js", "plots.js", "boxtree.js", "slices.js"]) {
  require(path.join(assets, name));
}
globalThis.document = globalThis.document || {};
require(path.join(assets, "dom.js"));
require(path.join(assets, "windowed.js"));
const { Enping } = globalThis;

/** Numbers that look random and are the same in every run. */
function dice(seed) {
  let state = seed;
  return (most) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * most);
  };
}

/** Write whole numbers as the block has them. */
function variable(numbers) {
  const bytes = [];
  numbers.forEach(function (number) {
    let left = number;
    while (left > 127) {
      bytes.push((left % 128) + 128);
      left = Math.floor(left / 128);
    }
    bytes.push(left);
  });
  return Uint8Array.from(bytes);
}

const alternating = (numbers) => numbers.map((n) => (n < 0 ? -2 * n - 1 : 2 * n));

/** A block of columns [name, kind, cells]. */
function block(head, columns) {
  const written = columns.map(([name, kind, cells]) => {
    if (kind === "json") {
      return [name, kind, Buffer.from(JSON.stringify(cells)), cells.length];
    }
    if (kind === "bits") {
      const bytes = new Uint8Array(Math.ceil(cells.length / 8));
      cells.forEach((bit, i) => (bytes[i >> 3] |= bit << (i & 7)));
      return [name, kind, bytes, cells.length];
    }
    const told = kind === "steps" ? cells.map((cell, i) => cell - (i ? cells[i - 1] : 0)) : cells;
    return [name, kind, variable(kind === "whole" ? told : alternating(told)), cells.length];
  });
  const named = written.map(([name, kind, bytes, count]) => [name, kind, bytes.length, count]);
  const first = Buffer.from(JSON.stringify(Object.assign({ columns: named }, head)));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(first.length);
  return Buffer.concat([size, first, ...written.map(([, , bytes]) => bytes)]);
}

const packed = (head, columns) => zlib.gzipSync(block(head, columns)).toString("base64");

test("whole numbers of any size come back", () => {
  const numbers = [0, 1, 127, 128, 300, 2147483647, 2147483648, 4294967295, 2 ** 40, 5];
  assert.deepEqual(Array.from(Enping.wholes(variable(numbers), numbers.length)), numbers);
  assert.equal(Enping.wholes(new Uint8Array(0), 0).length, 0);
  assert.ok(Enping.wholes(variable([1, 2]), 2) instanceof Int32Array);
});

test("signed numbers come back from narrow and from wide arrays", () => {
  const numbers = [0, -1, 1, -2, 1073741823, -1073741824];
  const bytes = variable(alternating(numbers));
  assert.deepEqual(Array.from(Enping.signed(Enping.wholes(bytes, numbers.length))), numbers);
  const wide = numbers.concat(-2147483648, 2147483647);
  assert.deepEqual(Array.from(Enping.signed(Enping.wholes(variable(alternating(wide)), wide.length))), wide);
});

test("a column that is too short or too long is damage", () => {
  assert.throws(() => Enping.wholes(variable([1, 2, 3]), 2), { code: "page.err_data" });
  assert.throws(() => Enping.wholes(variable([1, 2]), 3), { code: "page.err_data" });
});

test("columns of every kind come back, others are null", async () => {
  const cells = {
    a: ["whole", [5, 0, 900]], b: ["signed", [-3, 4]], c: ["steps", [100, 90, 95]],
    d: ["bits", [1, 0, 0, 1, 1, 0, 0, 0, 1]], e: ["json", ["恩平", "</script>", ["x"]]],
  };
  const columns = await Enping.unpacked(packed({ bits: 3 }, Object.entries(cells).map(([n, c]) => [n, ...c])));
  assert.equal(columns.head.bits, 3);
  Object.entries(cells).forEach(([name, [, list]]) => assert.deepEqual(Array.from(columns.take(name)), list));
  assert.equal(columns.take("f"), null);
  assert.equal(columns.has("a"), true);
});

test("one wrong bit anywhere, a lost end, or no data at all is told as damage", async () => {
  const whole = packed({}, [["a", "whole", [1, 2, 3, 70000]]]);
  const bytes = Buffer.from(whole, "base64");
  const roll = dice(7);
  const damaged = ["", "A", "%%%", whole.slice(0, whole.length - 12), whole + "QUJD"];
  for (let n = 0; n < 60; n += 1) {
    const copy = Buffer.from(bytes);
    // What gzip says of itself in its first ten bytes, such as the time, is no data.
    copy[10 + roll(copy.length - 10)] ^= 1 << roll(8);
    damaged.push(copy.toString("base64"));
  }
  let told = 0;
  for (const text of damaged) {
    try {
      // A few bits of gzip's last byte are of no meaning: what is not told as damage is whole.
      const columns = await Enping.unpacked(text);
      assert.deepEqual(Array.from(columns.take("a")), [1, 2, 3, 70000]);
    } catch (error) {
      assert.equal(error.code, "page.err_data", text);
      told += 1;
    }
  }
  assert.ok(told >= damaged.length - 3, told + " of " + damaged.length);
});

test("a browser that cannot unpack is told to be old", async () => {
  const kept = globalThis.DecompressionStream;
  delete globalThis.DecompressionStream;
  try {
    await assert.rejects(() => Enping.unpacked("H4sI"), { code: "page.err_old" });
  } finally {
    globalThis.DecompressionStream = kept;
  }
});

/** Two squares that share a side, the second with a hole and in it an island; a third without place. */
function twoSquares() {
  const arcs = [
    { closed: 0, at: [[20, 40], [20, 20]] }, // the shared side
    { closed: 0, at: [[20, 20], [10, 20], [10, 40], [20, 40]] },
    { closed: 0, at: [[20, 40], [60, 40], [60, 20], [20, 20]] },
    { closed: 1, at: [[30, 24], [50, 24], [50, 36], [30, 36]] },
    { closed: 1, at: [[38, 28], [42, 28], [42, 32], [38, 32]] },
  ];
  const steps = (k) => {
    let last = 10;
    const told = [];
    arcs.forEach((arc) => arc.at.forEach((at) => {
      told.push(at[k] - last);
      last = at[k];
    }));
    return told;
  };
  // Second square: the shared side backwards, then its own arc.
  return new Enping.Columns(block({ bits: 6, goesOn: false, corner: [10, 10] }, [
    ["sizes", "whole", arcs.map((arc) => arc.at.length)],
    ["closed", "bits", arcs.map((arc) => arc.closed)],
    ["x", "signed", steps(0)],
    ["y", "signed", steps(1)],
    ["rings", "whole", [1, 3, 0]],
    ["arcs", "whole", [2, 2, 1, 1]],
    ["used", "whole", [0, 0, 2, 0, 0, 0]],
    ["backward", "bits", [1]],
  ]));
}

test("outlines: shared sides, holes, islands and plots without place", () => {
  const outlines = new Enping.Outlines(twoSquares());
  assert.deepEqual([0, 1, 2].map((plot) => outlines.has(plot)), [true, true, false]);
  assert.deepEqual(Array.from(outlines.boxes.subarray(0, 8)), [10, 20, 20, 40, 20, 20, 60, 40]);
  assert.ok(outlines.boxes[8] > outlines.boxes[10]);
  assert.equal(outlines.contains(0, 15, 30), true);
  assert.equal(outlines.contains(0, 25, 30), false);
  const along = [22, 34, 40, 46, 55, 61].map((x) => outlines.contains(1, x, 30));
  assert.deepEqual(along, [true, false, true, false, true, false]);
  assert.equal(outlines.contains(2, 15, 30), false);
  const [first] = outlines.rings(0);
  assert.deepEqual(Array.from(first, (share) => share * 64), [20, 40, 20, 20, 10, 20, 10, 40]);
  assert.deepEqual(outlines.rings(1).map((ring) => ring.length), [8, 8, 8]);
  // Both sides of the shared side come from the same numbers.
  const corners = (plot) => {
    const found = [];
    outlines.rings(plot).forEach((ring) => {
      for (let i = 0; i < ring.length; i += 2) {
        found.push(ring[i] + "/" + ring[i + 1]);
      }
    });
    return found;
  };
  assert.equal(corners(0).filter((corner) => corners(1).includes(corner)).length, 2);
});

test("a trace follows the rings and leaves out what is too near", () => {
  const outlines = new Enping.Outlines(twoSquares());
  const drawn = [];
  const pen = {
    moveTo: (x, y) => drawn.push(["M", x, y]),
    lineTo: (x, y) => drawn.push(["L", x, y]),
    closePath: () => drawn.push(["Z"]),
  };
  outlines.trace(pen, 1, 2, 100, 10, 0);
  assert.equal(drawn.map(([letter]) => letter).join(""), "MLLLZMLLLZMLLLZ");
  assert.deepEqual(drawn[0], ["M", 20 * 2 - 100, 20 * 2 - 10]);
  drawn.length = 0;
  outlines.trace(pen, 1, 0.01, 0, 0, 1);
  assert.equal(drawn.map(([letter]) => letter).join(""), "MZMZMZ");
});

test("the tree finds every box that meets another, at its edges too", () => {
  const roll = dice(12345);
  for (const [count, wide] of [[0, 10], [1, 10], [17, 50], [1500, 4000], [400, 0]]) {
    const boxes = new Int32Array(4 * (count + 1));
    for (let i = 0; i < count; i += 1) {
      const [x, y] = [roll(wide + 1), roll(wide + 1)];
      const size = i % 97 === 5 ? wide : 30;
      boxes.set([x, y, x + roll(size + 1), y + roll(size + 1)], 4 * i);
    }
    boxes.set([2147483647, 2147483647, -1, -1], 4 * count); // without place
    const tree = new Enping.BoxTree(boxes);
    for (let n = 0; n < 200; n += 1) {
      const [x, y] = [roll(wide + 40) - 5, roll(wide + 40) - 5];
      const [east, south] = n % 2 ? [x, y] : [x + roll(60), y + roll(60)];
      const truth = [];
      for (let i = 0; i < count; i += 1) {
        const [w, no, e, s] = boxes.subarray(4 * i, 4 * i + 4);
        if (w <= east && no <= south && e >= x && s >= y) {
          truth.push(i);
        }
      }
      assert.deepEqual(tree.within(x, y, east, south), truth);
      assert.equal(tree.exceeds(x, y, east, south, 3), truth.length > 3);
    }
  }
});

test("the curve visits every cell of a square once, side by side", () => {
  const side = 16;
  const cells = [];
  for (let x = 0; x < side; x += 1) {
    for (let y = 0; y < side; y += 1) {
      // The curve of a corner of the square begins like the whole one.
      cells.push([Enping.hilbert(x, y), x, y]);
    }
  }
  cells.sort((a, b) => a[0] - b[0]);
  cells.forEach(([key, x, y], i) => {
    assert.equal(key, i);
    if (i) {
      assert.equal(Math.abs(x - cells[i - 1][1]) + Math.abs(y - cells[i - 1][2]), 1);
    }
  });
});

test("figures are printed with all their decimals", () => {
  const { printed } = Enping;
  assert.deepEqual([printed(0, 2), printed(5, 2), printed(12345, 4), printed(-7, 2), printed(100, 2)],
    ["0.00", "0.05", "1.2345", "-0.07", "1.00"]);
});

test("jobs are done in slices and in order, and whoever waits is told", async () => {
  let clock = 0;
  const later = [];
  const slices = new Enping.Slices(() => clock, (run) => later.push(run));
  const done = [];
  function* job(name, steps) {
    for (let i = 0; i < steps; i += 1) {
      clock += 4;
      yield;
    }
    done.push(name);
  }
  slices.add(job("a", 5));
  slices.add(job("b", 1));
  let told = false;
  const settled = slices.settled().then(() => (told = true));
  const lengths = [];
  while (later.length) {
    const from = clock;
    later.shift()();
    lengths.push(clock - from);
  }
  await settled;
  assert.deepEqual(done, ["a", "b"]);
  assert.equal(told, true);
  // No slice goes on after 10 ms; the step that it is in ends.
  assert.ok(lengths.length > 1 && Math.max(...lengths) <= 12, String(lengths));
});

test("rows in sight of a long list, with some to spare", () => {
  assert.deepEqual(Enping.inSight(1000, 20, 0, 200), [0, 20]);
  assert.deepEqual(Enping.inSight(1000, 20, 10000, 10200), [490, 520]);
  assert.deepEqual(Enping.inSight(5, 20, -500, -300), [0, 0]);
  assert.deepEqual(Enping.inSight(5, 20, 300, 500), [5, 5]);
});
