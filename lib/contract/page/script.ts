/**
 * The script of the page, as text: it runs in browsers alone. It reads the routes from the page itself, and inserts what
 * arrives as text.
 */
export const script = String.raw`'use strict';
const maxFrames = 200;
const element = (name, className, text) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};
const quoted = (text) => "'" + text.replaceAll("'", "'\\''") + "'";

const compact = (text) => {
  try { return JSON.stringify(JSON.parse(text)); } catch { return text; }
};

/* Parses an event stream: calls back with each block and its fields. */
function frameParser(onFrame) {
  let rest = '';
  return (text) => {
    rest += text;
    // A CR at the end may be the first half of a line end.
    const whole = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
    const tail = rest.slice(whole.length);
    const blocks = whole.replace(/\r\n?/g, '\n').replace(/^\uFEFF/, '').split('\n\n');
    rest = blocks.pop() + tail;
    for (const block of blocks) {
      const frame = { raw: block.replace(/^\n+/, ''), data: [] };
      for (const line of block.split('\n')) {
        const colon = line.indexOf(':');
        const name = colon === -1 ? line : line.slice(0, colon);
        const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
        if (name === 'data') frame.data.push(value);
        else if (name === 'event' || name === 'id' || name === 'retry') frame[name] = value;
      }
      onFrame(frame);
    }
  };
}

function pairsOf(data) {
  let value;
  try { value = JSON.parse(data); } catch { return [['', 'string', data]]; }
  const kindOf = (part) => part === null ? 'null' : typeof part;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [['', kindOf(value), JSON.stringify(value)]];
  return Object.entries(value).map(([key, part]) => [key, kindOf(part), JSON.stringify(part)]);
}

/* Fills in the cursor of a stream where another method of its path needs one, as long as it has not been edited. */
function offerCursor(path, cursor) {
  for (const input of document.querySelectorAll('.route[data-path="' + CSS.escape(path) + '"] [data-in="header"][required]')) {
    if (input.value !== '' && input.value !== input.dataset.offered) continue;
    input.value = input.dataset.offered = cursor;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

for (const route of document.querySelectorAll('.route')) {
  const { method, path, kind } = route.dataset;
  const find = (selector) => route.querySelector(selector);
  const [form, list, status, start, stop, clear] =
    ['form', '.frames', '.status', '.start', '.stop', '.clear'].map(find);
  const hues = new Map([...route.querySelectorAll('[data-event]')].map((event) => [event.dataset.event, event.dataset.hue]));
  const inputs = () => [...form.querySelectorAll('[data-in]')];
  let running;

  const show = (text, state) => {
    status.textContent = text;
    status.className = 'status ' + (state ?? '');
    stop.hidden = state !== 'open' || kind !== 'stream';
    start.hidden = !stop.hidden;
  };
  const add = (row) => {
    list.querySelector('.empty')?.remove();
    list.prepend(row);
    while (list.children.length > maxFrames) list.lastChild.remove();
    clear.hidden = false;
  };
  const rowOf = (name, className, data, raw) => {
    const row = element('li', 'frame ' + className);
    const details = element('details');
    const summary = element('summary');
    summary.append(element('time', '', new Date().toISOString().slice(11, 23)), element('span', 'name', name));
    const pairs = element('span', 'pairs');
    for (const [key, type, text] of data === '' ? [] : pairsOf(data)) {
      const pair = element('span');
      if (key !== '') pair.append(element('span', 'key', key + ' '));
      pair.append(element('span', 'v-' + type, text.length > 300 ? text.slice(0, 300) + '…' : text));
      pairs.append(pair);
    }
    summary.append(pairs);
    details.append(summary, element('pre', '', raw));
    row.append(details);
    return row;
  };
  const onFrame = (frame) => {
    if (!/^(data|event|id|retry)/m.test(frame.raw)) return;
    if (frame.id !== undefined) offerCursor(path, frame.id);
    const name = frame.event ?? (frame.data.length > 0 ? 'message' : 'position');
    const className = hues.get(name) ?? (name.startsWith('rxsse.') ? 'control' : '');
    add(rowOf(name, className, frame.data.join('\n'), frame.raw));
  };

  const request = () => {
    let address = path;
    let body;
    const query = new URLSearchParams();
    const headers = {};
    for (const input of inputs()) {
      const { name, list: isList } = input.dataset;
      const at = input.dataset.in;
      if (at === 'body') { body = input.value; headers['Content-Type'] = 'application/json'; continue; }
      if (at === 'path') { address = address.replace('{' + name + '}', encodeURIComponent(input.value)); continue; }
      if (input.value === '' && !input.required) continue;
      if (at === 'header') { headers[name] = input.value; continue; }
      for (const value of isList === undefined ? [input.value] : input.value.split(',')) query.append(name, value.trim());
    }
    const search = query.toString();
    return { url: new URL(address + (search === '' ? '' : '?' + search), location.origin), headers, body };
  };
  const showCurl = () => {
    const { url, headers, body } = request();
    const parts = ['curl ' + (kind === 'stream' ? '-N ' : '') + quoted(url.href)];
    if (method !== 'GET') parts[0] = parts[0].replace('curl ', 'curl -X ' + method + ' ');
    for (const [name, value] of Object.entries(headers)) parts.push('-H ' + quoted(name + ': ' + value));
    if (body !== undefined) parts.push('-d ' + quoted(compact(body)));
    find('.curl pre').textContent = parts.join(' \\\n  ');
  };

  const open = async () => {
    running?.abort();
    const controller = running = new AbortController();
    const isCurrent = () => running === controller;
    const { url, headers, body } = request();
    show('connecting');
    try {
      const response = await fetch(url, { method, headers, body, signal: controller.signal, cache: 'no-store' });
      const isStream = (response.headers.get('content-type') ?? '').startsWith('text/event-stream');
      if (!isStream || !response.ok || response.body === null) {
        const text = await response.text();
        if (!isCurrent()) return;
        add(rowOf(String(response.status), response.ok ? 'hue-1' : 'hue-3', text, text === '' ? response.statusText : text));
        return show(response.status + ' ' + response.statusText, response.ok ? 'done' : 'failed');
      }
      show('open', 'open');
      const parse = frameParser(onFrame);
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      for (;;) {
        const { done, value } = await reader.read();
        if (!isCurrent()) return;
        if (done) break;
        parse(decoder.decode(value, { stream: true }));
      }
      show('ended', 'done');
    } catch (error) {
      if (isCurrent()) show('failed: ' + error.message, 'failed');
    }
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (form.reportValidity()) open();
  });
  form.addEventListener('input', showCurl);
  stop.addEventListener('click', () => {
    running?.abort();
    running = undefined;
    show('closed');
    start.focus();
  });
  clear.addEventListener('click', () => {
    list.replaceChildren();
    clear.hidden = true;
    start.hidden ? stop.focus() : start.focus();
  });
  find('.copy').addEventListener('click', async ({ currentTarget }) => {
    try {
      await navigator.clipboard.writeText(find('.curl pre').textContent);
      currentTarget.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(find('.curl pre'));
    }
    setTimeout(() => { find('.copy').textContent = 'Copy'; }, 1500);
  });
  showCurl();
}
`;
