/** How many events of one answer get a mark; beyond that the line is full. */
const maxMarks = 600;
/** Events that arrive within this time of connecting were emitted before, in milliseconds. */
const catchUp = 60;
const storage = 'rxsse.ask';
const svg = 'http://www.w3.org/2000/svg';

const list = document.querySelector('ol');
const form = document.querySelector('form');
const question = form.elements.text;
const answers = [];
/** The answers with events that are not drawn yet. */
const dirty = new Set();
let isAtEnd = true;
const count = { events: 0, reconnects: 0, repeated: 0, gaps: 0 };

// ── The conversation ─────────────────────────────────────────────────────────
// The page stores the location of each answer, and nothing of its text: that is in the log.

const stored = () => JSON.parse(localStorage.getItem(storage) ?? '[]');

function showStored() {
  const entries = stored();
  if (answers.some(({ location }, n) => location !== entries[n]?.location)) {
    for (const { source } of answers.splice(0)) source.close();
    list.replaceChildren();
  }
  for (const { location, text } of entries.slice(answers.length)) answers.push(read(location, text));
  showButtons();
}

async function ask(text) {
  const previous = answers.flatMap((answer) => [
    { role: 'user', content: answer.question },
    ...(answer.text.data === '' ? [] : [{ role: 'assistant', content: answer.text.data }]),
  ]);
  const messages = [...previous.slice(-40), { role: 'user', content: text }];
  const started = new AbortController();
  const response = await fetch('answers', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ messages }),
    signal: started.signal,
  });
  if (response.status === 503) throw new Error('too many answers are under way: try again in a moment');
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  // Only where it is: the answer is read by an EventSource, which resumes by itself.
  const { href } = new URL(response.headers.get('location'), response.url);
  started.abort();
  localStorage.setItem(storage, JSON.stringify([...stored(), { location: href, text }]));
  showStored();
}

// ── One answer ───────────────────────────────────────────────────────────────

const reasons = {
  stop: 'done',
  length: 'done: it came to its limit',
  tool_call: 'waits for the tool',
  filtered: 'done: the rest was filtered',
};

const shows = {
  question: (answer, { text }) => {
    answer.row.querySelector('.question').textContent = text;
  },
  token: ({ text }, token) => text.appendData(token.text),
  tool_call: ({ row }, { name, arguments: input }) => {
    const call = element('p', 'call', input);
    call.prepend(element('strong', '', name));
    row.querySelector('.line').before(call);
  },
  usage: ({ row }, { input, output }) => {
    row.querySelector('.usage').textContent = `${input} in, ${output} out`;
  },
  done: (answer, { reason }) => settle(answer, 'done', reasons[reason] ?? 'done'),
  failed: (answer, { message }) => settle(answer, 'failed', message),
};

/** Shows an answer, from its start; after a cut the EventSource continues after its cursor. */
function read(location, question) {
  const row = element('li', '');
  row.setAttribute('aria-busy', 'true');
  const line = element('div', 'line');
  const marks = document.createElementNS(svg, 'svg');
  marks.classList.add('marks');
  marks.setAttribute('aria-hidden', 'true');
  line.title = 'Each mark is an event: amber for what the page had missed, blue for what it received live';
  line.append(element('span', 'state'), marks, element('span', 'usage'));
  row.append(element('p', 'question', question), element('p', 'text'), line);
  list.append(row);
  const text = document.createTextNode('');
  row.querySelector('.text').append(text);
  const answer = {
    location,
    question,
    row,
    text,
    marks,
    events: [],
    ids: new Set(),
    openedAt: 0,
    source: new EventSource(location),
  };
  show(answer, 'answering', 'connecting');

  const { source } = answer;
  source.addEventListener('open', () => {
    if (answer.openedAt > 0) countUp('reconnects');
    answer.openedAt = performance.now();
    show(answer, 'answering', 'answering');
  });
  for (const type of Object.keys(shows)) source.addEventListener(type, (event) => received(answer, type, event));
  source.addEventListener('rxsse.gap', () => countUp('gaps'));
  source.addEventListener('rxsse.end', ({ data }) => {
    if (data !== 'null') settle(answer, 'failed', 'interrupted: the process of the answer ended');
    else if (row.ariaBusy === 'true') settle(answer, 'stopped', 'stopped');
  });
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) settle(answer, 'gone', 'not stored any more');
    else show(answer, 'reconnecting', 'reconnecting');
  });
  scrollToEnd();
  return answer;
}

function received(answer, type, { data, lastEventId }) {
  if (answer.ids.has(lastEventId)) return countUp('repeated');
  answer.ids.add(lastEventId);
  countUp('events');
  shows[type](answer, JSON.parse(data));
  const at = performance.now();
  if (answer.events.length < maxMarks) answer.events.push({ type, at, isMissed: at - answer.openedAt < catchUp });
  // Once a frame: an answer that is read again is a burst of events.
  if (!dirty.size) requestAnimationFrame(draw);
  dirty.add(answer);
}

function draw() {
  for (const answer of dirty) mark(answer);
  dirty.clear();
  if (isAtEnd) scrollToEnd();
}

function scrollToEnd() {
  scrollTo({ top: document.documentElement.scrollHeight });
}

function settle(answer, state, text) {
  answer.row.ariaBusy = 'false';
  show(answer, state, text);
  answer.source.close();
  showButtons();
}

function show({ row }, state, text) {
  row.dataset.state = state;
  row.querySelector('.state').textContent = text;
}

/** Draws each event at its time: what came at once when the page connected stands in order, in the first part of the line. */
function mark({ marks, events }) {
  const live = events.filter(({ isMissed }) => !isMissed);
  const missed = events.length - live.length;
  const share = live.length === 0 ? 1 : missed === 0 ? 0 : Math.min(0.8, Math.max(0.1, missed / events.length));
  const first = live[0]?.at ?? 0;
  const span = Math.max(1, (live.at(-1)?.at ?? 0) - first);
  let n = 0;
  const rects = events.map(({ type, at, isMissed }) => {
    const x = isMissed ? (share * (n++ + 0.5)) / missed : share + ((1 - share) * (at - first)) / span;
    const isToken = type === 'token';
    return drawn('rect', {
      x: `${(x * 98).toFixed(2)}%`,
      y: isToken ? 3 : 1,
      width: isToken ? 2 : 5,
      height: isToken ? 8 : 12,
      rx: 1,
      'data-type': type,
      ...(isMissed && { class: 'missed' }),
    });
  });
  marks.replaceChildren(drawn('line', { x1: 0, x2: '100%', y1: 7, y2: 7 }), ...rects);
}

// ── Parts ────────────────────────────────────────────────────────────────────

function element(name, className, text = '') {
  return Object.assign(document.createElement(name), { className, textContent: text });
}

function drawn(name, attributes) {
  const shape = document.createElementNS(svg, name);
  for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
  return shape;
}

const running = () => answers.filter(({ row }) => row.ariaBusy === 'true');

function showButtons() {
  const isAnswering = running().length > 0;
  document.querySelector('.stop').hidden = !isAnswering;
  document.querySelector('[type="submit"]').hidden = isAnswering;
}

function countUp(what) {
  count[what] += 1;
  showCount(what);
}

function showCount(what) {
  const fact = document.querySelector(`.facts .${what}`);
  fact.classList.toggle('some', count[what] > 0 && (what === 'repeated' || what === 'gaps'));
  fact.replaceChildren(element('b', '', count[what]), ` ${count[what] === 1 ? what.replace(/s$/, '') : what}`);
}

async function submit(text) {
  if (running().length > 0) return;
  try {
    await ask(text);
    question.value = '';
  } catch (error) {
    question.setCustomValidity(
      error instanceof TypeError ? 'the server does not answer: try again in a moment' : error.message,
    );
    question.reportValidity();
  }
}

// Any tab may stop an answer; each of them receives the end.
const stop = () => running().map(({ location }) => fetch(location, { method: 'DELETE' }));

question.addEventListener('input', () => question.setCustomValidity(''));
form.addEventListener('submit', (event) => {
  event.preventDefault();
  submit(question.value.trim());
});
for (const example of document.querySelectorAll('.example')) {
  example.addEventListener('click', () => {
    submit(example.textContent);
    question.focus();
  });
}
document.querySelector('.stop').addEventListener('click', () => {
  stop();
  question.focus();
});
addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') stop();
});
document.querySelector('.new').addEventListener('click', () => {
  localStorage.removeItem(storage);
  showStored();
  question.focus();
});
// The other tabs of this browser show the same conversation.
addEventListener('storage', ({ key }) => {
  if (key === storage || key === null) showStored();
});

addEventListener('scroll', () => {
  isAtEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 40;
});

for (const what of Object.keys(count)) showCount(what);
showStored();
question.focus();
