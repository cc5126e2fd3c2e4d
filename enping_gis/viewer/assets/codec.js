"use strict";
/* The packed block: base64, one gzip stream, a head of JSON, then the bytes of each column. */
(function (/** @type {any} */ Enping) {
  const HEAD_BYTES = 4;

  /** What a page says when it cannot be opened; the code names the message. */
  class PageError extends Error {
    /** @param {string} code "page.err_old" or "page.err_data" @param {unknown} [cause] */
    constructor(code, cause) {
      super(code + (cause ? ": " + cause : ""));
      this.code = code;
    }
  }

  /**
   * @param {string} text base64
   * @returns {Uint8Array}
   */
  function bytesOf(text) {
    const plain = atob(text);
    const bytes = new Uint8Array(plain.length);
    for (let i = 0; i < plain.length; i += 1) {
      bytes[i] = plain.charCodeAt(i);
    }
    return bytes;
  }

  /**
   * Undo gzip; a check sum that differs is an error.
   * @param {Uint8Array} bytes
   * @returns {Promise<Uint8Array>}
   */
  async function unzipped(bytes) {
    const stream = new Blob([/** @type {BlobPart} */ (bytes)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  /**
   * @param {Uint8Array} bytes variable-length whole numbers
   * @param {number} count
   * @returns {Int32Array|Float64Array} the narrower where it is wide enough
   */
  function wholes(bytes, count) {
    /** @type {Int32Array|Float64Array} */
    let found = new Int32Array(count);
    let at = 0;
    for (let i = 0; i < count; i += 1) {
      let byte = bytes[at++];
      if (byte < 128) {
        found[i] = byte;
        continue;
      }
      let value = byte & 127;
      let size = 128;
      while (byte > 127) {
        byte = bytes[at++];
        value += (byte & 127) * size;
        size *= 128;
      }
      if (value > 2147483647 && found instanceof Int32Array) {
        found = Float64Array.from(found);
      }
      found[i] = value;
    }
    if (at !== bytes.length) {
      throw new PageError("page.err_data", "numbers");
    }
    return found;
  }

  /** Signed numbers from their numbers 0, 1, 2 ... for 0, -1, 1 ... */
  function signed(numbers) {
    if (numbers instanceof Int32Array) {
      for (let i = 0; i < numbers.length; i += 1) {
        numbers[i] = (numbers[i] >>> 1) ^ -(numbers[i] & 1);
      }
      return numbers;
    }
    for (let i = 0; i < numbers.length; i += 1) {
      const value = numbers[i];
      numbers[i] = value % 2 ? -(value + 1) / 2 : value / 2;
    }
    return numbers;
  }

  function summed(numbers) {
    for (let i = 1; i < numbers.length; i += 1) {
      numbers[i] += numbers[i - 1];
    }
    return numbers;
  }

  function bits(bytes, count) {
    const found = new Uint8Array(count);
    for (let i = 0; i < count; i += 1) {
      found[i] = (bytes[i >> 3] >> (i & 7)) & 1;
    }
    return found;
  }

  const READERS = {
    whole: wholes,
    signed: (bytes, count) => signed(wholes(bytes, count)),
    steps: (bytes, count) => summed(signed(wholes(bytes, count))),
    bits: bits,
    json: (bytes) => JSON.parse(new TextDecoder().decode(bytes)),
  };

  /** The columns of a block, each read when it is asked for. */
  class Columns {
    /** @param {Uint8Array} bytes the block, no longer compressed */
    constructor(bytes) {
      const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
      this.bytes = bytes;
      this.head = READERS.json(bytes.subarray(HEAD_BYTES, HEAD_BYTES + size));
      /** @type {Map<string, {kind: string, from: number, to: number, count: number}>} */
      this.places = new Map();
      /** @type {Map<string, any>} */
      this.read = new Map();
      let from = HEAD_BYTES + size;
      for (const [name, kind, length, count] of this.head.columns) {
        this.places.set(name, { kind: kind, from: from, to: from + length, count: count });
        from += length;
      }
      if (from !== bytes.length) {
        throw new PageError("page.err_data", "length");
      }
    }

    /** @param {string} name @returns {boolean} */
    has(name) {
      return this.places.has(name);
    }

    /**
     * Read a column, once; who takes it for good need not leave it here.
     * @param {string} name
     * @param {boolean} [kept] whether it is read again
     * @returns {any} numbers or, of JSON, a list; null where there is no such column
     */
    take(name, kept) {
      const place = this.places.get(name);
      if (!place) {
        return null;
      }
      let found = this.read.get(name);
      if (!found) {
        found = READERS[place.kind](this.bytes.subarray(place.from, place.to), place.count);
        if (kept) {
          this.read.set(name, found);
        }
      }
      return found;
    }
  }

  /**
   * Unpack the block of the page.
   * @param {string} text base64
   * @returns {Promise<Columns>} fails with a PageError where the browser cannot, or the data is damaged
   */
  async function unpacked(text) {
    if (typeof DecompressionStream === "undefined") {
      throw new PageError("page.err_old");
    }
    try {
      return new Columns(await unzipped(bytesOf(text)));
    } catch (error) {
      throw error instanceof PageError ? error : new PageError("page.err_data", error);
    }
  }

  Object.assign(Enping, { PageError, Columns, unpacked, wholes, signed, summed, bytesOf });
})((globalThis.Enping = globalThis.Enping || {}));
