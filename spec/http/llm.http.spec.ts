import { expect } from 'chai';
import { concat, EMPTY, from, NEVER, of, Subject, throwError } from 'rxjs';
import { llmApp } from '../../examples/llm/app.ts';
import { type Model, modelIn } from '../../examples/llm/Model.ts';
import type { RelayOptions } from '../../examples/llm/Relay.ts';
import type { Piece, Script } from '../../examples/llm/script.ts';
import { upstream } from '../../examples/llm/upstream.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { openStream, readWire } from '../support/openStream.ts';
import { watched } from './slow/watched.ts';

const id = 'a-conversation-of-a-spec';
const formats = ['openai', 'anthropic'] as const;

type Format = Model['format'];

/** Starts the server of the page and a model with scripted responses, and records the responses of both. */
async function withRelay<T>(
  script: Script,
  use: (relay: {
    readonly url: string;
    readonly app: ReturnType<typeof watched>;
    readonly model: ReturnType<typeof watched>;
  }) => Promise<T>,
  { format = 'openai', ...options }: Partial<RelayOptions> & { readonly format?: Format } = {},
): Promise<T> {
  const model = watched(upstream(script));
  return listen(model.listener, async (origin) => {
    const baseUrl = format === 'openai' ? `${origin}/v1` : origin;
    const { app, close } = llmApp({ model: { format, baseUrl, key: 'sk-secret', name: 'm' }, maxDelay: 1, ...options });
    const answered = watched(app);
    try {
      return await listen(answered.listener, (url) => use({ url: `${url}/conversations/${id}`, app: answered, model }));
    } finally {
      close();
    }
  });
}

async function ask(url: string, text: string): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${url}/questions`, { method: 'POST', headers, body: JSON.stringify({ text }) })).status;
}

/** Returns each event of the text by its cursor. */
function eventsIn(wire: string) {
  const blocks = wire.matchAll(/^id: (.*)\nevent: (?!rxsse\.)(.*)\ndata: (.*)\n\n/gm);
  return Array.from(blocks, ([, cursor = '', type = '', json = '']) => ({ cursor, type, data: JSON.parse(json) }));
}

/** Returns the events of an answer, with adjacent tokens joined, and without the name of the run. */
function textIn(wire: string) {
  const sent: { type: string; [field: string]: unknown }[] = [];
  for (const { type, data } of eventsIn(wire)) {
    const { run: _, ...fields } = data;
    const last = sent.at(-1);
    if (type === 'token' && last?.type === 'token') last.text = `${last.text}${fields.text}`;
    else sent.push({ type, ...fields });
  }
  return sent;
}

const words = (...texts: readonly string[]): readonly Piece[] => texts.map((text) => ({ text }));

describe('the llm relay', () => {
  for (const format of formats) {
    it(`converts the format of ${format} to typed events: tokens, a tool call, usage, and the end`, async () => {
      const pieces: readonly Piece[] = [
        ...words('Let ', 'me ', 'lo\nok: ü'),
        { tool: 'look', input: '{"place":"Graz"}' },
      ];
      await withRelay(
        () => from(pieces),
        async ({ url }) => {
          expect(await ask(url, 'weather?')).to.equal(202);
          expect(textIn(await readWire(url, /event: done[\s\S]*\n\n/))).to.deep.equal([
            { type: 'asked', text: 'weather?' },
            { type: 'token', text: 'Let me lo\nok: ü' },
            { type: 'tool_call', id: 'call_1', name: 'look', arguments: '{"place":"Graz"}' },
            { type: 'usage', input: 12, output: 4 },
            { type: 'done', reason: 'tool_call' },
          ]);
        },
        { format },
      );
    });
  }

  it('continues without its reader, which resumes with every event that it missed, once', async () => {
    const saying = new Subject<Piece>();
    await withRelay(
      () => saying,
      async ({ url, model }) => {
        const tab = await openStream(url);
        await ask(url, 'a story');
        while (!saying.observed) await new Promise((resolve) => setImmediate(resolve));
        for (const word of words('once ', 'upon ')) saying.next(word);
        const seen = eventsIn(await tab.until(/upon /));
        tab.close();
        await tab.over();

        for (const word of words('a ', 'time ')) saying.next(word);
        // One tab has stored its cursor, and another one has not.
        const back = await openStream(url, { headers: { 'last-event-id': seen.at(-1)?.cursor } });
        const fresh = await openStream(url);
        expect(back.headers['rxsse-resume']).to.equal('exact');
        await Promise.all([back.until(/time /), fresh.until(/time /)]);
        for (const word of words('there ', 'was')) saying.next(word);
        saying.complete();
        await Promise.all([back.until(/event: done[\s\S]*\n\n/), fresh.until(/event: done[\s\S]*\n\n/)]);

        const whole = eventsIn(fresh.text());
        expect([...seen, ...eventsIn(back.text())]).to.deep.equal(whole);
        expect(new Set(whole.map(({ cursor }) => cursor)).size).to.equal(whole.length);
        expect(textIn(fresh.text())).to.deep.equal([
          { type: 'asked', text: 'a story' },
          { type: 'token', text: 'once upon a time there was' },
          { type: 'usage', input: 12, output: 6 },
          { type: 'done', reason: 'stop' },
        ]);
        expect(model.responses).to.have.length(1);
        back.close();
        fresh.close();
      },
    );
  });

  for (const format of formats) {
    it(`cancels the request to ${format} within one turn of the loop when the last reader disconnects, with linger 0`, async () => {
      await withRelay(
        () => concat(of({ text: 'and so ' }), NEVER),
        async ({ url, app, model }) => {
          const [tab, other] = [await openStream(url), await openStream(url)];
          await ask(url, 'for ever');
          await Promise.all([tab.until(/and so/), other.until(/and so/)]);
          const [upstreamAnswer] = model.responses;
          other.close();
          await other.over();
          expect(upstreamAnswer?.closed).to.equal(false);

          const turns = deferred<number>();
          let count = 0;
          let isObserved = false;
          const countTurn = (): void => {
            count++;
            if (!isObserved) setImmediate(countTurn);
          };
          // The model may notice the end of its connection in any way.
          for (const noticed of ['end', 'error', 'close']) {
            upstreamAnswer?.socket?.on(noticed, () => {
              isObserved = true;
              turns.resolve(count);
            });
          }
          // Counted from the turn in which the relay notices that the last of the two has disconnected.
          for (const response of app.responses) response.on('close', () => setImmediate(countTurn));
          tab.close();
          expect(await turns.promise).to.be.at.most(1);

          expect(textIn(await readWire(url, /event: run_failed[\s\S]*\n\n/)).at(-1)).to.deep.equal({
            type: 'run_failed',
            message: 'The answer was stopped because no page was reading it.',
          });
        },
        { format, linger: 0 },
      );
    });
  }

  it('waits for its linger, and does not cancel the request if a reader has resumed by then', async () => {
    const saying = new Subject<Piece>();
    await withRelay(
      () => saying,
      async ({ url, model }) => {
        const tab = await openStream(url);
        await ask(url, 'a story');
        while (!saying.observed) await new Promise((resolve) => setImmediate(resolve));
        const left = new Promise((resolve) => model.responses[0]?.on('close', resolve));
        tab.close();
        await left;
        expect(saying.observed).to.equal(false);
        expect(textIn(await readWire(url, /run_failed[\s\S]*\n\n/)).at(-1)?.type).to.equal('run_failed');
      },
      { linger: 20 },
    );
  });

  it('stops on request, and notifies its readers', async () => {
    await withRelay(
      () => NEVER,
      async ({ url, model }) => {
        await ask(url, 'for ever');
        while (model.responses.length === 0) await new Promise((resolve) => setImmediate(resolve));
        const left = new Promise((resolve) => model.responses[0]?.on('close', resolve));
        expect((await fetch(`${url}/stop`, { method: 'POST' })).status).to.equal(204);
        await left;
        expect(textIn(await readWire(url, /event: done[\s\S]*\n\n/))).to.deep.equal([
          { type: 'asked', text: 'for ever' },
          { type: 'done', reason: 'stopped' },
        ]);
      },
    );
  });

  const broken = throwError(() => new Error('cut'));
  const failures: Readonly<Record<string, readonly [Script, RegExp]>> = {
    'refuses the key': [() => ({ status: 401 }), /rejected the key/],
    'is too many requests': [() => ({ status: 429 }), /too many requests/],
    'has a failure': [() => ({ status: 500 }), /model failed/],
    'does not take the question': [() => ({ status: 404 }), /rejected the question/],
    'is cut in the middle': [() => concat(of({ text: 'and' }), broken), /broke before the answer was complete/],
  };
  for (const format of formats) {
    for (const [what, [script, message]] of Object.entries(failures)) {
      it(`reports that ${format} ${what}, without its internals`, async () => {
        const errors: unknown[] = [];
        await withRelay(
          script,
          async ({ url, model }) => {
            await ask(url, 'anything');
            const wire = await readWire(url, /event: run_failed[\s\S]*\n\n/);
            expect(textIn(wire).at(-1)?.message).to.match(message);
            expect(wire).not.to.match(/sk-secret|internal detail|127\.0\.0\.1|terminated|at \w+ \(/);
            expect(model.responses).to.have.length(1);
            expect(errors).to.have.length(1);
            // The answer has ended: the next question is answered, or fails, independently.
            expect(await ask(url, 'again')).to.equal(202);
          },
          { format, onError: (error) => errors.push(error) },
        );
      });
    }
  }

  for (const [what, answer, message] of [
    ['ends before it is done', 'data: {"choices":[]}\n\n', /stopped in the middle/],
    ['says what is no JSON', 'data: {"choices"\n\n', /cannot be read/],
    ['says what has another shape', 'data: {"choices":5}\n\n', /cannot be read/],
    ['says an error', 'data: {"error":{"message":"internal detail"}}\n\n', /model failed/],
  ] as const) {
    it(`reports that a model ${what}`, async () => {
      await listen(
        (_request, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(answer),
        async (baseUrl) => {
          const { app, close } = llmApp({ model: { format: 'openai', baseUrl, key: '', name: 'm' }, maxDelay: 1 });
          await listen(app, async (url) => {
            const conversation = `${url}/conversations/${id}`;
            await ask(conversation, 'anything');
            const wire = await readWire(conversation, /event: run_failed[\s\S]*\n\n/);
            expect(textIn(wire).at(-1)?.message).to.match(message);
            expect(wire).not.to.include('internal');
          });
          close();
        },
      );
    });
  }

  it('sends the earlier messages to the model', async () => {
    const requests: unknown[] = [];
    await listen(
      (request, response) => {
        let body = '';
        request.on('data', (chunk) => {
          body += chunk;
        });
        request.on('end', () => {
          requests.push(JSON.parse(body).messages, request.headers.authorization);
          const token = (content: string) => `data: {"choices":[{"delta":{"content":"${content}"}}]}\n\n`;
          response.end(`${token('it ')}${token('is')}data: [DONE]\n\n`);
        });
      },
      async (baseUrl) => {
        const { app, close } = llmApp({ model: { format: 'openai', baseUrl, key: 'k', name: 'm' }, maxDelay: 1 });
        await listen(app, async (url) => {
          const conversation = `${url}/conversations/${id}`;
          await ask(conversation, 'is it?');
          await readWire(conversation, /event: done[\s\S]*\n\n/);
          await ask(conversation, 'sure?');
          await readWire(conversation, /event: done[\s\S]*event: done[\s\S]*\n\n/);
        });
        close();
      },
    );
    const first = { role: 'user', content: 'is it?' };
    const rest = [
      { role: 'assistant', content: 'it is' },
      { role: 'user', content: 'sure?' },
    ];
    expect(requests).to.deep.equal([[first], 'Bearer k', [first, ...rest], 'Bearer k']);
  });

  it('answers one question of a conversation at a time, and bounds the number of concurrent answers', async () => {
    await withRelay(
      () => NEVER,
      async ({ url }) => {
        expect(await ask(url, 'one')).to.equal(202);
        expect(await ask(url, 'two')).to.equal(409);
        expect(await ask(`${url}-another`, 'two')).to.equal(503);
      },
      { max: 1 },
    );
  });

  it('rejects an empty question, and an id of a conversation that could be guessed', async () => {
    await withRelay(
      () => EMPTY,
      async ({ url }) => {
        expect(await ask(url, '')).to.equal(422);
        expect(await ask(url.replace(id, '1'), 'hello')).to.equal(404);
        expect((await openStream(url.replace(id, '1'))).status).to.equal(404);
      },
    );
  });

  it('sends its requests to the server that the environment names', () => {
    expect(modelIn({ OPENAI_API_KEY: '', ANTHROPIC_BASE_URL: '' })).to.equal(undefined);
    expect(modelIn({ OPENAI_BASE_URL: 'http://127.0.0.1:8080/v1', OPENAI_MODEL: 'local' })).to.deep.equal({
      format: 'openai',
      baseUrl: 'http://127.0.0.1:8080/v1',
      key: '',
      name: 'local',
    });
    expect(modelIn({ ANTHROPIC_API_KEY: 'k' })).to.include({
      format: 'anthropic',
      baseUrl: 'https://api.anthropic.com',
    });
    expect(modelIn({ OPENAI_API_KEY: 'k' })).to.include({ format: 'openai', baseUrl: 'https://api.openai.com/v1' });
  });
});
