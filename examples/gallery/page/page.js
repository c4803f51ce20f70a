import 'uplot/dist/uPlot.min.css';
import './page.css';
import { demos } from './demos.js';
import { element } from './element.js';
import { highlight } from './highlight.js';
import { Lane } from './Lane.js';
import { openStream } from './openStream.js';

const find = (selector) => document.querySelector(selector);
const cutButton = find('.cut');
const outcome = find('.outcome');

/** How long a connection is cut, in seconds. */
const cutFor = 4;

/** The demo that is shown, and its streams. */
let current;

function show(demo) {
  current?.close();
  const streams = [];
  const onClose = [];
  const closeStreams = () => {
    for (const stream of streams.splice(0)) stream.close();
    find('.streams').replaceChildren();
    showCut();
  };
  current = {
    demo,
    streams,
    close: () => {
      closeStreams();
      for (const close of onClose) close();
    },
  };

  document.title = `${demo.title} · rxsse gallery`;
  find('#title').textContent = demo.title;
  find('.lead').textContent = demo.lead;
  for (const link of document.querySelectorAll('#demos a')) {
    if (link.hash === `#${demo.id}`) {
      link.setAttribute('aria-current', 'page');
      link.scrollIntoView({ block: 'nearest' });
    } else link.removeAttribute('aria-current');
  }
  showOutcome('', demo.hint);
  find('.view').replaceChildren();
  showFiles(demo.files);

  demo.start({
    view: find('.view'),
    onClose: (close) => onClose.push(close),
    open: (options) => {
      const stream = streamRow(options);
      streams.push(stream);
    },
    reset: () => {
      closeStreams();
      showOutcome('', demo.hint);
    },
  });
  showCut();
}

// ── Streams ────────────────────────────────────────────────────────────────

/** Adds a stream with its state, its marble diagram and its number of events. */
function streamRow({ url, label = url, contract, onEvent, ...options }) {
  const lane = new Lane();
  const state = element('span', { className: 'state', role: 'status', textContent: 'connecting' });
  const count = element('b', { textContent: '0' });
  const row = element(
    'li',
    { 'data-state': 'connecting' },
    element('code', { className: 'path', textContent: label, title: label }),
    state,
    element('span', { className: 'count' }, count, ' events'),
    lane.canvas,
  );
  find('.streams').append(row);

  const types = Object.values(contract).map(({ type }) => type);
  let events = 0;
  let result;
  const stream = openStream(url, contract, {
    hasControl: options.check === undefined,
    onEvent: (event, facts) => {
      events += 1;
      count.textContent = events.toLocaleString('en');
      const mark = options.mark === undefined ? {} : options.mark(event, facts);
      if (mark !== null) {
        lane.add(
          Object.assign(mark, { hue: types.indexOf(event.type), letter: event.type[0].toUpperCase(), ...facts }),
        );
      }
      onEvent(event, facts);
    },
    onGap: ({ reason }) =>
      showOutcome('lost', `A gap (${reason}): the server cannot send what is missing, and says so.`),
    onStatus: ({ state: now }) => {
      row.dataset.state = now;
      state.textContent = now === 'retrying' ? 'cut' : now;
      if (now === 'retrying') lane.startCut();
      if (now === 'open') lane.endCut();
    },
    onOutcome: (compared) => {
      result = options.check === undefined ? compared : options.check();
      showOutcomes();
    },
  });
  return {
    lane,
    ...stream,
    outcome: () => result,
    cut: () => {
      result = undefined;
      stream.cut();
    },
  };
}

// ── Cutting ────────────────────────────────────────────────────────────────

function showOutcome(kind, text) {
  outcome.dataset.outcome = kind;
  outcome.textContent = text;
}

function showOutcomes() {
  const { demo, streams } = current;
  const outcomes = streams.map((stream) => stream.outcome());
  if (outcomes.includes(undefined)) return;
  const sum = (key) => outcomes.reduce((total, one) => total + one[key], 0);
  const [late, missing, repeated] = ['late', 'missing', 'repeated'].map(sum);
  const isWhole = missing === 0 && repeated === 0;
  const sent = demo.outcome?.(outcomes[0]) ?? `Sent while cut: ${late}. Received afterwards: ${late - missing}.`;
  showOutcome(isWhole ? 'whole' : 'lost', `${sent} Missing: ${missing}. Repeated: ${repeated}.`);
  showCut();
}

function showCut(seconds) {
  cutButton.textContent = seconds === undefined ? 'Cut the connection' : `Cut: back in ${seconds} s`;
  cutButton.setAttribute('aria-disabled', String(seconds !== undefined));
}

cutButton.addEventListener('click', () => {
  const { demo, streams } = current;
  if (cutButton.getAttribute('aria-disabled') === 'true' || streams.length === 0) return;
  const [first] = streams;
  for (const stream of streams) stream.cut();
  demo.whileCut?.();
  showOutcome(
    'cut',
    demo.hasCheck ? 'The connection is cut.' : 'The connection is cut. A second reader stays connected as the control.',
  );
  const wait = (seconds) => {
    // The demo, or its streams, may have been replaced.
    if (streams[0] !== first) return;
    showCut(seconds > 0 ? seconds : 0);
    if (seconds > 0) return setTimeout(wait, 1000, seconds - 1);
    cutButton.textContent = 'Comparing …';
    for (const stream of streams) stream.restore();
  };
  wait(cutFor);
});

// ── Code ───────────────────────────────────────────────────────────────────

function showFiles(files) {
  const buttons = files.map((file) => {
    const button = element('button', { type: 'button', textContent: file, 'aria-pressed': 'false' });
    button.addEventListener('click', () => showFile(file, buttons));
    return button;
  });
  find('.files').replaceChildren(...buttons);
  showFile(files[0], buttons);
}

async function showFile(file, buttons) {
  for (const button of buttons) button.setAttribute('aria-pressed', String(button.textContent === file));
  const shown = current;
  const response = await fetch(`/code/${file}`);
  if (current !== shown || !buttons.some((button) => button.textContent === file && button.ariaPressed === 'true'))
    return;
  const pre = find('.code pre');
  pre.replaceChildren(...highlight(await response.text()));
  pre.parentElement.scrollTop = 0;
}

// ── Drawing ────────────────────────────────────────────────────────────────

const isReduced = matchMedia('(prefers-reduced-motion: reduce)');
const isDark = matchMedia('(prefers-color-scheme: dark)');
let colors;

function readColors() {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(name).trim();
  colors = {
    line: value('--line-strong'),
    lost: value('--danger'),
    paper: value('--card'),
    on: value('--on'),
    font: `600 11px ${value('--mono')}`,
    hues: [0, 1, 2, 3, 4, 5].map((hue) => value(`--hue-${hue}`)),
  };
  current?.demo.onColors?.(colors);
}

let drawn = 0;
function draw(now) {
  requestAnimationFrame(draw);
  // Without motion the diagrams advance once a second.
  if (isReduced.matches && now - drawn < 1000) return;
  drawn = now;
  for (const { lane } of current?.streams ?? []) lane.draw(performance.now(), colors);
}

// ── The page ───────────────────────────────────────────────────────────────

find('#demos').append(
  ...demos.map(({ id, title, brief }) =>
    element(
      'li',
      {},
      element('a', { href: `#${id}` }, element('b', { textContent: title }), element('span', { textContent: brief })),
    ),
  ),
);
const showHash = () => show(demos.find(({ id }) => location.hash === `#${id}`) ?? demos[0]);
addEventListener('hashchange', showHash);
isDark.addEventListener('change', readColors);
readColors();
showHash();
requestAnimationFrame(draw);
