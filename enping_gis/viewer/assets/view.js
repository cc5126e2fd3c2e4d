"use strict";
/* What is shown of the plots: the day, the filter, and everybody who follows them. */
(function (/** @type {any} */ Enping) {
  /** @param {any} page */
  function addView(page) {
    const { data } = page;
    const { table } = data;
    const end = { status: table.status.slice(), partly: table.partly, doneM2: table.doneM2, doneMu: table.doneMu };
    const followers = [];
    const view = {
      asked: {},
      mask: null,
      day: Enping.dayOf(data.meta.asOf),
      last: Enping.dayOf(data.meta.asOf),
    };

    /** Be told of every change, until the interface is taken down. */
    view.follow = function (tell) {
      followers.push(tell);
      page.undos.push(() => followers.splice(followers.indexOf(tell), 1));
    };
    view.isLatest = () => view.day === view.last;
    view.isFiltered = () => view.mask !== table.standing;

    /** Paint and tell everybody. */
    function renew() {
      table.stand(view.day);
      view.mask = Enping.maskOf(data, view.asked, page.say("page.list_mark"));
      const painter = page.parcels.painter;
      Object.assign(painter, { colours: table.status, partly: table.partly, mask: view.mask });
      table.mask = view.mask;
      page.parcels.regroup();
      page.parcels.repaint();
      followers.forEach((tell) => tell());
    }

    /** @param {object} [asked] nothing asked shows all */
    view.filter = function (asked) {
      view.asked = Object.assign({}, asked);
      renew();
      return view.visible();
    };

    /** Plots that the filter lets through, wherever the map stands. */
    view.visible = function () {
      const { count, total } = Enping.figuresOf(table, data.statuses.length, view.mask);
      const isAll = view.mask === table.standing && view.isLatest();
      const mu = isAll ? Number(data.total.mu) : Enping.muOf(total) / 100;
      return { count: count, area_mu: mu };
    };

    /** Show the statuses of a day. @param {string} iso @returns {Promise<void>} when painted */
    view.asOf = function (iso) {
      const day = Enping.dayOf(iso);
      if (!Number.isFinite(day)) {
        throw new RangeError("no day " + iso);
      }
      // Nothing is foretold: after the last day all stays as it was.
      view.day = Math.min(day, view.last);
      if (view.isLatest()) {
        table.status.set(end.status);
        Object.assign(table, { partly: end.partly, doneM2: end.doneM2, doneMu: end.doneMu, sinceThen: null });
      } else {
        standing(table, view.day);
      }
      table.asOfMs = view.day * 86400000;
      renew();
      return page.painted();
    };

    page.view = view;
    renew();
  }

  /** Write the standing of a day into the columns that are drawn. */
  function standing(table, day) {
    const { history, length } = table;
    const partly = new Uint8Array(length);
    const doneM2 = new Float64Array(length);
    const doneMu = new Float64Array(length);
    const since = new Int32Array(length);
    for (let row = 0; row < length; row += 1) {
      const step = history.at(row, day);
      table.status[row] = step < 0 ? 0 : history.status[step];
      if (step >= 0) {
        // Told as the days from the step back to the change, plus one; 0 is not known.
        since[row] = history.since[step] ? day - history.day[step] + history.since[step] : 0;
        partly[row] = history.partly[step];
        doneM2[row] = history.m2[step];
        doneMu[row] = history.mu[step];
      }
    }
    Object.assign(table, { partly, doneM2, doneMu, sinceThen: since });
  }

  Enping.addView = addView;
})((globalThis.Enping = globalThis.Enping || {}));
