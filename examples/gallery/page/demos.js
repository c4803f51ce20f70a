import { Echoes } from '../../echo/events.ts';
import { Chat } from '../../llm/events.ts';
import { Notifications } from '../../notifications/events.ts';
import { LogLines } from '../events.ts';
import { element, prepend, timeOf } from './element.js';
import { prices } from './prices.js';

const maxRows = 100;

/** A row of an event that was received, with its id, or how late it came. */
function eventRow({ id, at, isLate }, ...children) {
  const note = isLate
    ? element('span', {
        className: 'note',
        textContent: `received ${((performance.now() - at) / 1000).toFixed(1)} s late`,
      })
    : element('code', { className: 'id', textContent: id });
  return element('li', { className: isLate ? 'late' : '', title: `id: ${id}` }, ...children, note);
}

function emptyRow(text) {
  return element('p', { className: 'empty', textContent: text });
}

/** A form with one text, which is emptied when it is sent unless it started with a value. */
function textForm({ label, button, placeholder = '', value = '', onSubmit }) {
  const input = element('input', {
    name: 'text',
    autocomplete: 'off',
    maxLength: 200,
    required: true,
    placeholder,
    value,
  });
  const form = element(
    'form',
    {},
    element('label', {}, element('span', { textContent: label }), input),
    element('button', { type: 'submit', textContent: button }),
  );
  form.addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    const text = input.value.trim();
    if (value === '') input.value = '';
    if (text !== '') onSubmit(text);
  });
  return form;
}

function postJson(path, body, signal) {
  const headers = { 'content-type': 'application/json' };
  return fetch(path, { method: 'POST', headers, body: JSON.stringify(body), signal });
}

const echo = {
  id: 'echo',
  title: 'Echo',
  brief: 'Three routes, an event a second',
  lead: 'One message, three streams: frames made by hand, typed events, and two typed streams merged into one response.',
  hint: 'Cut the connection: the streams continue without their reader, and it gets what it missed.',
  files: ['echo/app.ts', 'echo/streams.ts', 'echo/events.ts'],
  start({ view, open, reset }) {
    const list = element('ol', { className: 'rows', tabIndex: 0, 'aria-label': 'Events, newest first' });
    const start = (message) => {
      reset();
      list.replaceChildren();
      for (const path of ['/sse', '/sse2', '/sse3']) {
        open({
          url: `${path}?message=${encodeURIComponent(message)}`,
          label: path,
          contract: Echoes,
          mark: ({ type }) => (path === '/sse3' ? { offset: type === 'echo' ? -9 : 9 } : {}),
          onEvent: ({ type, data }, facts) =>
            prepend(
              list,
              eventRow(
                facts,
                element('time', { textContent: timeOf(data.created_at) }),
                element('code', { className: 'path', textContent: path }),
                element('span', { className: `type hue-${type === 'echo' ? 0 : 1}`, textContent: type }),
                element('span', { className: 'text', textContent: data.message }),
              ),
              maxRows,
            ),
        });
      }
    };
    view.append(textForm({ label: 'Message', button: 'Send', value: 'hello', onSubmit: start }), list);
    start('hello');
  },
};

const notifications = {
  id: 'notifications',
  title: 'Notifications',
  brief: 'Posted, stored on disk, delivered',
  lead: 'What is posted is checked, stored in a file, and sent to every reader from its own position.',
  hint: 'Cut the connection: three notifications are posted meanwhile.',
  files: ['notifications/app.ts', 'notifications/events.ts'],
  start({ view, open }) {
    const list = element('ol', { className: 'rows', tabIndex: 0, 'aria-label': 'Notifications, newest first' });
    const post = (text) => postJson('/notifications', { type: Notifications.Posted.type, data: { text } });
    open({
      url: '/notifications',
      contract: Notifications,
      onEvent: ({ data }, facts) =>
        prepend(
          list,
          eventRow(
            facts,
            element('time', { textContent: timeOf(data.at) }),
            element('span', { className: 'text', textContent: data.text }),
          ),
          maxRows,
        ),
    });
    view.append(
      textForm({
        label: 'Notification',
        button: 'Post',
        placeholder: 'The kettle boils',
        onSubmit: post,
      }),
      list,
      emptyRow('Nothing is stored yet. Post the first notification.'),
    );
    notifications.whileCut = () => {
      ['Two parcels arrived', 'The build is green', 'Dinner is at seven'].forEach((text, n) => {
        setTimeout(post, 600 + 900 * n, text);
      });
    };
  },
};

const questions = ['What is a stream?', 'How is the weather?'];

const llm = {
  id: 'answer',
  title: 'LLM answer',
  brief: 'An answer that outlives its reader',
  lead: 'A POST starts an answer, and its location reads it. The answer continues without its readers, and a reload shows all of it.',
  hint: 'Cut the connection in the middle of the sentence.',
  files: ['llm/app.ts', 'llm/script.ts', 'llm/events.ts'],
  start({ view, open, reset }) {
    const list = element('ol', { className: 'answers', 'aria-label': 'The answers' });
    let answer;
    const addAnswer = () => {
      const parts = {
        question: element('p', { className: 'question' }),
        text: element('p', { className: 'text' }),
        state: element('p', { className: 'note' }),
      };
      const row = element('li', { 'data-state': 'running' }, parts.question, parts.text, parts.state);
      list.prepend(row);
      return { ...parts, row, usage: '' };
    };
    const settle = ({ row, state }, text) => {
      row.dataset.state = 'done';
      state.textContent = text;
    };
    const shows = {
      question: (answer, { text }) => {
        answer.question.textContent = text;
      },
      token: (answer, { text }, { isLate }) =>
        answer.text.append(isLate ? element('span', { className: 'late', textContent: text }) : text),
      tool_call: (answer, { name, arguments: input }) =>
        answer.text.append(element('code', { className: 'call', textContent: `${name} ${input}` })),
      usage: (answer, { output }) => {
        answer.usage = ` ${output} tokens.`;
      },
      done: (answer, { reason }) => settle(answer, `Ended: ${reason}.${answer.usage}`),
      failed: (answer, { message }) => settle(answer, message),
    };
    const ask = async (text) => {
      const posted = new AbortController();
      const response = await postJson('/answers', { messages: [{ role: 'user', content: text }] }, posted.signal);
      const location = new URL(response.headers.get('location'), response.url);
      posted.abort();
      if (!list.isConnected) return;
      reset();
      if (answer?.row.dataset.state === 'running') settle(answer, 'It continues without a reader.');
      const started = addAnswer();
      answer = started;
      open({
        url: location.href,
        label: '/answers',
        contract: Chat,
        mark: ({ type }) => (type === 'token' ? { shape: 'tick' } : {}),
        onEvent: ({ type, data }, facts) => shows[type]?.(started, data, facts),
      });
    };
    const suggestions = questions.map((text) => {
      const button = element('button', { type: 'button', className: 'suggestion', textContent: text });
      button.addEventListener('click', () => ask(text));
      return button;
    });
    view.append(
      textForm({
        label: 'Question',
        button: 'Ask',
        placeholder: questions[0],
        onSubmit: ask,
      }),
      element('div', { className: 'suggestions' }, ...suggestions),
      list,
    );
    ask(questions[0]);
  },
};

const log = {
  id: 'log',
  title: 'Log tail',
  brief: 'A file is the log',
  lead: 'The log of this server, as tail -f shows it. The id of a line is its offset in the file, and nothing else is stored.',
  hint: 'Cut the connection: the reader comes back with an offset, and the file has the rest.',
  files: ['gallery/tail.ts', 'gallery/events.ts'],
  start({ view, open }) {
    const list = element('ol', { 'aria-label': 'Lines of the log, newest first' });
    open({
      url: '/log',
      contract: LogLines,
      onEvent: ({ data }, { id, isLate }) =>
        prepend(
          list,
          element(
            'li',
            { className: isLate ? 'late' : '', title: `id: ${id}` },
            element('code', { textContent: id.split('-')[1] }),
            element('span', { textContent: data.text }),
          ),
          200,
        ),
    });
    view.append(
      element(
        'div',
        { className: 'console', role: 'log', 'aria-live': 'off', 'aria-label': 'The log', tabIndex: 0 },
        list,
      ),
    );
  },
};

/** The demos: each draws its events into the view, and says which files its server consists of. */
export const demos = [echo, notifications, prices, llm, log];
