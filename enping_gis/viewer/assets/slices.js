"use strict";
/* Work in slices, so that the hand that drags the map never waits for it. */
(function (/** @type {any} */ Enping) {
  const SLICE_MS = 10;
  const HIDDEN_MS = 200;

  /** Jobs that are done piece by piece, first come, first served. */
  class Slices {
    /** @param {() => number} now @param {(run: () => void) => void} later */
    constructor(now, later) {
      this.now = now;
      this.later = later;
      /** @type {Iterator<void>[]} */
      this.jobs = [];
      this.waiting = false;
      /** @type {(() => void)[]} */
      this.idle = [];
      /** Whether not to wait for the next frame. */
      this.isHasty = false;
    }

    /** @param {Iterator<void>} job each step of which takes little time */
    add(job) {
      this.jobs.push(job);
      this.wake();
    }

    /** Forget all jobs. */
    clear() {
      this.jobs = [];
      this.wake();
    }

    wake() {
      if (!this.waiting) {
        this.waiting = true;
        this.later(() => {
          this.waiting = false;
          this.run();
        });
      }
    }

    /** Work for one slice. */
    run() {
      const end = this.now() + SLICE_MS;
      while (this.jobs.length && this.now() < end) {
        const job = this.jobs[0];
        if (job.next().done) {
          this.jobs = this.jobs.filter((each) => each !== job);
        }
      }
      if (this.jobs.length) {
        this.wake();
      } else {
        const told = this.idle;
        this.idle = [];
        told.forEach((tell) => tell());
      }
    }

    /** @returns {Promise<void>} kept when nothing is left to do */
    settled() {
      return new Promise((done) => {
        this.idle.push(done);
        this.wake();
      });
    }
  }

  /**
   * Slices for the page: one after the other until it is open; from then on one a frame, since what
   * a slice has drawn has still to be painted. A page in the background has no frames.
   * @returns {Slices} `isHasty` is whether frames may wait
   */
  function browserSlices() {
    const channel = new MessageChannel();
    let next = () => {};
    channel.port1.onmessage = () => next();
    const slices = new Slices(
      () => performance.now(),
      function (run) {
        if (slices.isHasty) {
          next = run;
          channel.port2.postMessage(null);
          return;
        }
        let isDone = false;
        const once = function () {
          if (!isDone) {
            isDone = true;
            run();
          }
        };
        requestAnimationFrame(once);
        setTimeout(once, HIDDEN_MS);
      }
    );
    slices.isHasty = true;
    return slices;
  }

  Object.assign(Enping, { Slices, browserSlices });
})((globalThis.Enping = globalThis.Enping || {}));
