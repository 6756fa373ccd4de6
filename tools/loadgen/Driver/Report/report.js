'use strict';
(() => {
  const report = JSON.parse(document.getElementById('data').textContent);
  const runs = report.report === 'run' ? [report]
    : report.report === 'find-knee' ? report.probes.map(p => p.run)
    : report.rounds.flatMap(r => [r.a, r.b]);
  const root = document.documentElement;
  const colour = name => getComputedStyle(root).getPropertyValue('--' + name).trim();
  const firstAnswers = ['registrationRequestDelay', 'sessionRequestDelay', 'failedSessionRequestDelay', 'requestDelay'];
  const names = {
    registrationRequestDelay: 'RRD', sessionRequestDelay: 'SRD', failedSessionRequestDelay: 'SRD failed', sessionSetup: 'Setup',
    sessionDisconnectDelay: 'SDD', cancelDelay: 'Cancel', requestDelay: 'Request', notifyDelay: 'Notify',
  };
  const palette = ['blue', 'orange', 'teal', 'violet', 'amber', 'red', 'grey', 'light-blue'];
  const height = 300;

  const number = v => v.toLocaleString('en', { maximumFractionDigits: v < 10 ? 3 : v < 100 ? 2 : v < 1000 ? 1 : 0 });
  const ms = v => number(v) + ' ms';
  const positive = v => v > 0 ? v : null;
  const shortNumber = v => v >= 1e6 ? v / 1e6 + 'M' : v >= 1e4 ? v / 1e3 + 'k' : v.toLocaleString('en', { maximumFractionDigits: 3 });

  const axis = more => Object.assign({
    stroke: colour('soft'), font: '12px system-ui, sans-serif', grid: { stroke: colour('line'), width: 1 }, ticks: { show: false }, size: 58, gap: 6,
  }, more);
  const line = (label, name, value, more) => Object.assign({
    label, stroke: colour(name), width: 2, points: { show: false }, value: (u, v) => v == null ? '' : value(v), spanGaps: true,
  }, more);

  // A log scale shows whole powers of ten, and more between them where there are few.
  const logFilter = (u, splits) => {
    const shown = splits.filter(v => v != null);
    const decades = Math.log10(shown[shown.length - 1] / shown[0]);
    return splits.map(v => {
      const first = v == null ? 0 : Number(v.toExponential(0)[0]);
      return first === 1 || (decades <= 3 && (first === 2 || first === 5)) || (first > 0 && decades <= 1) ? v : null;
    });
  };
  const logAxis = more => axis(Object.assign({
    filter: logFilter, grid: { stroke: colour('line'), width: 1, filter: logFilter },
    values: (u, splits) => splits.map(v => v == null ? '' : shortNumber(v)),
  }, more));
  const logRange = (u, min, max) => {
    const low = Math.pow(10, Math.floor(Math.log10(min || 0.1)));
    const high = Math.pow(10, Math.ceil(Math.log10(Math.max(max || 1, low * 1.5))));
    return [low * (min / low >= 5 ? 5 : min / low >= 2 ? 2 : 1), max <= high / 5 ? high / 5 : max <= high / 2 ? high / 2 : high];
  };

  // Where phases change, and what was not measured.
  const phaseMarks = run => ({
    drawClear: u => {
      const context = u.ctx;
      const ratio = devicePixelRatio || 1;
      let begin = 0;
      context.save();
      context.font = 12 * ratio + 'px system-ui, sans-serif';
      run.phases.forEach((phase, i) => {
        const end = begin + phase.durationSeconds;
        const left = Math.max(u.bbox.left, u.valToPos(begin, 'x', true));
        const right = Math.min(u.bbox.left + u.bbox.width, u.valToPos(end, 'x', true));
        if (right > left) {
          if (!phase.measured) {
            context.fillStyle = colour('shade');
            context.fillRect(left, u.bbox.top, right - left, u.bbox.height);
          }
          if (i > 0) {
            context.fillStyle = colour('grey');
            context.fillRect(left, u.bbox.top, ratio, u.bbox.height);
          }
          if (context.measureText(phase.name).width < right - left - 10 * ratio) {
            context.fillStyle = colour('soft');
            context.fillText(phase.name, left + 6 * ratio, u.bbox.top + 14 * ratio);
          }
        }
        begin = end;
      });
      context.restore();
    },
  });

  const overTime = (run, series, data, more) => Object.assign({
    scales: Object.assign({ x: { time: false, range: (u, min, max) => [0, Math.max(max, 1)] } }, more.scales),
    axes: [axis({ values: (u, splits) => splits.map(v => v + ' s'), size: 34 }), more.axis],
    series: [{ label: 'second', value: (u, v) => v == null ? '' : v.toFixed(0) }, ...series],
    hooks: { drawClear: [phaseMarks(run).drawClear] },
    data: [run.seconds.map(s => s.atSeconds), ...data],
  });

  const kinds = {
    rate: index => {
      const run = runs[index];
      const perSecond = v => number(v) + '/s';
      return overTime(run, [
        line('begun', 'grey', perSecond, { width: 5, alpha: 0.55 }),
        line('ended well', 'blue', perSecond),
        line('ended badly', 'red', perSecond, { fill: colour('bad-ground') }),
      ], [
        run.seconds.map(s => s.offeredPerSecond), run.seconds.map(s => s.succeededPerSecond), run.seconds.map(s => s.failedPerSecond),
      ], {
        scales: { y: { range: (u, min, max) => [0, Math.max(max * 1.18, 1)] } },
        axis: axis({ values: (u, splits) => splits.map(shortNumber) }),
      });
    },

    latency: index => {
      const run = runs[index];
      const pick = name => run.seconds.map(s => positive(s[name] / 1000));
      return overTime(run, [
        line('max', 'grey', ms, { width: 1 }), line('p99', 'orange', ms), line('p50', 'blue', ms),
      ], [pick('maxMicroseconds'), pick('p99Microseconds'), pick('p50Microseconds')], {
        scales: { y: { distr: 3, range: (u, min, max) => logRange(u, min, max * 1.7) } }, axis: logAxis(), // room for the phases' names
      });
    },

    percentiles: index => {
      const phase = runs[index].phases.filter(p => p.measured).pop();
      const shown = Object.entries(phase ? phase.latencies : {}).filter(([name]) => names[name]);
      return curves(shown.map(([name, latency]) => [names[name], latency.curve]));
    },

    pair: () => {
      const last = report.rounds[report.rounds.length - 1];
      const curveOf = run => {
        const phase = run.phases.filter(p => p.measured).pop();
        const found = Object.entries(phase.latencies).find(([name]) => firstAnswers.includes(name));
        return found ? found[1].curve : [];
      };
      return curves([['A', curveOf(last.a)], ['B', curveOf(last.b)]]);
    },

    knee: () => {
      const probes = report.probes.filter(p => p.p99Microseconds > 0).sort((a, b) => a.ratePerSecond - b.ratePerSecond);
      const pick = verdicts => probes.map(p => verdicts.includes(p.verdict) ? p.p99Microseconds / 1000 : null);
      const dots = (label, name) => line(label, name, ms, { width: 1, paths: () => null, points: { show: true, size: 9, width: 0, fill: colour(name) } });
      return {
        scales: { x: { time: false, distr: 3, range: logRange }, y: { distr: 3, range: logRange } },
        axes: [logAxis({ size: 34 }), logAxis()],
        series: [{ label: 'rate', value: (u, v) => v == null ? '' : number(v) + '/s' }, dots('pass', 'blue'), dots('too slow', 'amber'), dots('failed', 'red'), dots('generator', 'grey')],
        hooks: { drawClear: [boundLine] },
        data: [probes.map(p => p.ratePerSecond), pick(['pass']), pick(['slow']), pick(['failures']), pick(['generator'])],
      };
    },
  };

  // What p99 had to stay below.
  function boundLine(u) {
    const y = u.valToPos(report.p99BoundMicroseconds / 1000, 'y', true);
    if (y > u.bbox.top && y < u.bbox.top + u.bbox.height) {
      u.ctx.save();
      u.ctx.strokeStyle = colour('amber');
      u.ctx.setLineDash([6, 5]);
      u.ctx.beginPath();
      u.ctx.moveTo(u.bbox.left, y);
      u.ctx.lineTo(u.bbox.left + u.bbox.width, y);
      u.ctx.stroke();
      u.ctx.restore();
    }
  }

  // Percentile p stands at log10(100 / (100 - p)): each nine is as wide as the one before.
  const place = p => Math.log10(100 / (100 - p));
  const unplace = x => 100 - 100 / Math.pow(10, x);
  function curves(list) {
    const tables = list.map(([, curve]) => {
      const points = curve.filter(([p]) => p < 100).map(([p, us]) => [place(p), us / 1000]);
      return points.length ? [points.map(p => p[0]), points.map(p => positive(p[1]))] : [[0], [null]];
    });
    return {
      scales: { x: { time: false, range: (u, min, max) => [0, Math.max(max, 2)] }, y: { distr: 3, range: logRange } },
      axes: [
        axis({
          size: 34, splits: (u, i, min, max) => [0, Math.log10(2), 1, 2, 3, 4, 5, 6, 7].filter(v => v <= max),
          values: (u, splits) => splits.map(v => v === 0 ? (u.width < 500 ? '' : '0 %') : v < 1 ? '50 %' : label(v)),
        }),
        logAxis(),
      ],
      series: [
        { label: 'percentile', value: (u, v) => v == null ? '' : unplace(v).toFixed(Math.max(0, Math.ceil(v) - 1)) + ' %' },
        ...list.map(([name], i) => line(name, palette[i % palette.length], ms)),
      ],
      data: uPlot.join(tables),
    };
  }
  const label = nines => nines === 1 ? '90 %' : '99' + (nines > 2 ? '.' + '9'.repeat(nines - 2) : '') + ' %';

  let plots = [];
  function draw() {
    plots.forEach(plot => plot.destroy());
    plots = [...document.querySelectorAll('.chart')].map(place => {
      const { data, ...options } = kinds[place.dataset.chart](Number(place.dataset.run));
      return new uPlot({
        width: place.clientWidth, height: place.clientWidth < 500 ? 220 : height, legend: { live: true },
        cursor: { points: { size: 7 }, drag: { x: true, y: false } }, padding: [8, 22, 0, 0], ...options,
      }, data, place);
    });
  }

  const button = document.getElementById('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  function theme(name) {
    root.dataset.theme = name;
    button.textContent = name === 'dark' ? 'light' : 'dark';
    draw();
  }
  button.onclick = () => theme(root.dataset.theme === 'dark' ? 'light' : 'dark');
  system.onchange = () => theme(system.matches ? 'dark' : 'light');
  theme(location.hash === '#dark' || (location.hash !== '#light' && system.matches) ? 'dark' : 'light');

  let width = innerWidth;
  addEventListener('resize', () => {
    if (innerWidth !== width) {
      width = innerWidth;
      draw();
    }
  });
})();
