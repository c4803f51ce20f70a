import uPlot from 'uplot';
import { Prices } from '../events.ts';
import { element } from './element.js';

const intervals = { 50: '50 ms', 250: '250 ms', 1000: '1 s' };

/** How long the chart is, and how often the page draws, in ms. */
const [shown, frame] = [60_000, 50];

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export const prices = {
  id: 'prices',
  title: 'Prices',
  brief: '5,000 updates a second, conflated',
  lead: '500 symbols change 5,000 times a second. Each reader gets all of them first, then the newest of each as often as it requests.',
  hint: 'Cut the connection: the newest price of each symbol arrives when it is back.',
  files: ['gallery/prices.ts', 'gallery/events.ts'],
  hasCheck: true,
  start({ view, open, reset, onClose }) {
    const state = {
      symbols: new Map(),
      sum: 0,
      total: 0,
      received: 0,
      completeAt: 0,
      selected: undefined,
      chart: [[], []],
    };
    const tiles = tileRow();
    const board = heatMap(state, select);
    const chart = lineChart(state);
    const choice = element('select', { 'aria-label': 'Symbol' });
    choice.addEventListener('change', () => select(choice.value));
    view.append(
      intervalChoice(start),
      tiles.row,
      element(
        'div',
        { className: 'board' },
        board.canvas,
        element('p', {
          className: 'note',
          textContent:
            'Each cell is a symbol: green above its first price here, red below, bright when it has just changed. Select one.',
        }),
      ),
      element(
        'div',
        { className: 'chart' },
        element('label', {}, element('span', { textContent: 'Symbol' }), choice),
        chart.root,
      ),
    );

    function select(symbol) {
      state.selected = symbol;
      state.chart = [[], []];
      choice.value = symbol;
    }

    function take({ symbol, price, updates, total }) {
      const known = state.symbols.get(symbol);
      state.received += 1;
      state.sum += updates - (known?.updates ?? 0);
      state.total = Math.max(state.total, total);
      // Every update of every symbol is in the newest update of its symbol: the sum is the total, unless one is missing.
      if (state.sum === state.total) state.completeAt = performance.now();
      state.symbols.set(symbol, { price, updates, first: known?.first ?? price, at: performance.now() });
      if (known === undefined) choice.append(element('option', { textContent: symbol }));
      if (state.selected === undefined) select(symbol);
      if (state.selected === symbol) chart.add(price);
    }

    let before;
    function start(interval) {
      reset();
      Object.assign(state, { symbols: new Map(), sum: 0, total: 0 });
      choice.replaceChildren();
      let burst = { at: -Infinity };
      open({
        url: `/prices?interval=${interval}`,
        contract: Prices,
        onEvent: ({ data }) => take(data),
        // Prices that arrive together are one mark.
        mark: (_, { at }) => {
          if (at - burst.at < 25) {
            burst.count += 1;
            return null;
          }
          burst = { shape: 'burst', count: 1, at };
          return burst;
        },
        check: () => {
          const isComplete = performance.now() - state.completeAt < 2000;
          const missing = isComplete ? 0 : state.total - state.sum;
          return {
            late: 0,
            missing,
            repeated: 0,
            updates: state.total - before,
            complete: isComplete ? state.symbols.size : 'not all',
          };
        },
      });
    }
    prices.whileCut = () => {
      before = state.total;
    };

    let last = { at: performance.now(), total: 0, received: 0 };
    const counting = setInterval(() => {
      const now = performance.now();
      const rate = (key) => ((state[key] - last[key]) * 1000) / (now - last.at);
      const [published, received] = [last.total === 0 ? 0 : Math.max(0, rate('total')), rate('received')];
      tiles.show({
        published: `${number.format(published)}/s`,
        received: `${number.format(received)}/s`,
        saved: published > received ? `${number.format(100 * (1 - received / published))} %` : '–',
        state:
          now - state.completeAt < 1500
            ? `all ${state.symbols.size}`
            : `${number.format(state.total - state.sum)} behind`,
      });
      last = { at: now, total: state.total, received: state.received };
    }, 1000);
    const drawing = setInterval(() => {
      board.draw();
      chart.draw();
    }, frame);
    onClose(() => {
      clearInterval(counting);
      clearInterval(drawing);
      chart.close();
    });
    start(250);
  },
  outcome: ({ updates, complete }) =>
    `Updates since the cut: ${number.format(updates)}. Prices up to date: ${complete} of 500.`,
};

function intervalChoice(onChoose) {
  const group = element('fieldset', { className: 'choice' }, element('legend', { textContent: 'Each reader chooses' }));
  for (const [value, label] of Object.entries(intervals)) {
    const input = element('input', { type: 'radio', name: 'interval', value, checked: value === '250' });
    input.addEventListener('change', () => onChoose(value));
    group.append(element('label', {}, input, element('span', { textContent: label })));
  }
  return group;
}

function tileRow() {
  const names = { published: 'Published', received: 'Received here', saved: 'Conflated', state: 'Up to date' };
  const values = Object.fromEntries(Object.keys(names).map((key) => [key, element('dd', { textContent: '–' })]));
  const tiles = Object.entries(names).map(([key, name]) =>
    element('div', {}, element('dt', { textContent: name }), values[key]),
  );
  const show = (texts) => {
    for (const [key, text] of Object.entries(texts)) values[key].textContent = text;
  };
  return { row: element('dl', { className: 'tiles' }, ...tiles), show };
}

/** Draws a cell for each symbol. */
function heatMap(state, onSelect) {
  const canvas = element('canvas', { className: 'heat' });
  canvas.setAttribute('aria-hidden', 'true');
  let columns = 25;
  const symbolAt = ({ offsetX, offsetY }) => {
    const cell = canvas.clientWidth / columns;
    return [...state.symbols.keys()][Math.floor(offsetY / cell) * columns + Math.floor(offsetX / cell)];
  };
  canvas.addEventListener('click', (event) => {
    const symbol = symbolAt(event);
    if (symbol !== undefined) onSelect(symbol);
  });
  canvas.addEventListener('mousemove', (event) => {
    const symbol = symbolAt(event);
    canvas.title = symbol === undefined ? '' : `${symbol} ${state.symbols.get(symbol).price.toFixed(2)}`;
  });
  const draw = () => {
    const width = canvas.clientWidth;
    if (width === 0) return;
    columns = width < 480 ? 25 : 50;
    const cell = width / columns;
    const height = Math.ceil(500 / columns) * cell;
    const scale = devicePixelRatio;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      canvas.style.height = `${height}px`;
    }
    const style = getComputedStyle(canvas);
    const [up, down, ink] = ['--up', '--down', '--ink'].map((name) => style.getPropertyValue(name));
    const context = canvas.getContext('2d');
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const now = performance.now();
    let n = 0;
    for (const [symbol, { price, first, at }] of state.symbols) {
      const [x, y] = [(n % columns) * cell, Math.floor(n / columns) * cell];
      const change = price / first - 1;
      const isFresh = now - at < 120;
      context.globalAlpha = Math.min(1, 0.16 + Math.abs(change) * 22 + (isFresh ? 0.25 : 0));
      context.fillStyle = change >= 0 ? up : down;
      context.beginPath();
      context.roundRect(x + 1, y + 1, cell - 2, cell - 2, 3);
      context.fill();
      if (symbol === state.selected) {
        context.globalAlpha = 1;
        context.strokeStyle = ink;
        context.lineWidth = 2;
        context.stroke();
      }
      n += 1;
    }
    context.globalAlpha = 1;
  };
  return { canvas, draw };
}

/** Draws the price of the selected symbol over the last minute. */
function lineChart(state) {
  const root = element('div', { className: 'plot' });
  const color = (name) => () => getComputedStyle(root).getPropertyValue(name);
  const font = `11px ${getComputedStyle(document.documentElement).getPropertyValue('--sans')}`;
  const axis = { stroke: color('--soft'), font, ticks: { show: false }, grid: { stroke: color('--line'), width: 1 } };
  const size = () => ({ width: Math.max(200, root.clientWidth), height: 190 });
  let plot;
  const create = () =>
    new uPlot(
      {
        ...size(),
        legend: { show: false },
        cursor: { y: false, points: { size: 8 } },
        scales: {
          x: {
            time: true,
            range: (_, first) => [
              Math.max(Date.now() - shown, Math.min(first * 1000 || Infinity, Date.now() - 15_000)) / 1000,
              Date.now() / 1000,
            ],
          },
        },
        axes: [
          {
            ...axis,
            space: 70,
            values: (_, times) => times.map((at) => new Date(at * 1000).toTimeString().slice(0, 8)),
          },
          { ...axis, size: 56, values: (_, values) => values.map((value) => value.toFixed(2)) },
        ],
        series: [{}, { stroke: color('--accent'), width: 2, fill: color('--accent-wash'), points: { show: false } }],
      },
      state.chart,
      root,
    );
  const observer = new ResizeObserver(() => plot?.setSize(size()));
  observer.observe(root);
  return {
    root,
    add(price) {
      state.chart[0].push(Date.now() / 1000);
      state.chart[1].push(price);
      const old = state.chart[0].findIndex((at) => at > (Date.now() - shown) / 1000);
      if (old > 200) for (const values of state.chart) values.splice(0, old);
    },
    draw() {
      plot ??= create();
      plot.setData(state.chart);
    },
    close() {
      observer.disconnect();
      plot?.destroy();
    },
  };
}
