import type { IncomingHttpHeaders } from 'node:http';
import { expect } from 'chai';
import { NEVER, Subject } from 'rxjs';
import { type LlmOptions, llmApp } from '../../examples/llm/app.ts';
import { Chat, type ChatEvent } from '../../examples/llm/events.ts';
import { anthropic, modelIn, openAi } from '../../examples/llm/Model.ts';
import { anthropicAnswer, type ModelJson, openAiAnswer } from '../agents/modelAnswers.ts';
import { frameOf, modelServer } from '../agents/modelServer.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { openStream, readWire, type Wire } from '../support/openStream.ts';
import { turn, watched } from './slow/watched.ts';

const pieces = [{ text: 'Let me lo\nok: ü' }, { tool: 'look', input: '{"place":"Graz"}' }];

/** The two APIs: a model of each at a server, and the events of an answer. */
const apis = {
  openai: { at: (baseUrl: string) => openAi('m', { baseUrl, apiKey: 'sk-secret' }), answer: openAiAnswer },
  anthropic: { at: (baseUrl: string) => anthropic('m', { baseUrl, apiKey: 'sk-secret' }), answer: anthropicAnswer },
};

type Api = keyof typeof apis;

interface Served {
  /** Where answers are started. */
  readonly url: string;
  readonly app: ReturnType<typeof watched>;
  readonly model: ReturnType<typeof watched>;
  readonly requests: readonly { readonly body: string; readonly headers: IncomingHttpHeaders }[];
  /** Resolves when the model has as many requests. */
  called(times: number): Promise<void>;
  /** Sends a token of the running answer. */
  say(...texts: readonly string[]): void;
  /** Sends the rest of an answer without text. */
  finish(): void;
}

interface Behaviour extends Partial<Omit<LlmOptions, 'model'>> {
  readonly api?: Api;
  readonly server?: Parameters<typeof modelServer>[1];
  /** The pieces of the answer. @default it starts, and continues with `say` and `finish` */
  readonly pieces?: typeof pieces;
}

/** Starts the server of the page and that of a model, and records the responses of both. */
async function withApp<T>(
  { api = 'openai', server = {}, pieces, ...options }: Behaviour,
  use: (served: Served) => Promise<T>,
): Promise<T> {
  const { at, answer } = apis[api];
  const [start, ...rest] = answer([]);
  const whole = answer(pieces ?? []);
  const open = pieces === undefined && Object.keys(server).length === 0;
  const { listener, requests } = modelServer(open && start ? [start] : whole, open ? { staysOpen: true } : server);
  const model = watched(listener);
  const send = (...events: readonly ModelJson[]) => model.responses.at(-1)?.write(events.map(frameOf).join(''));
  const tokenOf = (text: string): ModelJson =>
    api === 'openai'
      ? { type: 'response.output_text.delta', item_id: 'item_0', output_index: 0, delta: text }
      : { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } };
  return listen(model.listener, async (origin) => {
    const app = watched(llmApp({ model: at(origin), ...options }));
    return listen(app.listener, (url) =>
      use({
        url: `${url}/answers`,
        app,
        model,
        requests,
        called: async (times) => {
          while (!(requests.length === times && model.responses.at(-1)?.headersSent)) await turn();
        },
        say: (...texts) => void send(...texts.map(tokenOf)),
        finish: () => {
          send(...rest.map(({ sequence_number: _, ...json }) => json as ModelJson));
          model.responses.at(-1)?.end();
        },
      }),
    );
  });
}

const question = (content: string) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ messages: [{ role: 'user', content }] }),
});

/** Starts an answer; returns what its request receives, and where it can be read again. */
async function ask(url: string, content: string): Promise<Wire & { readonly location: string }> {
  const wire = await openStream(url, question(content));
  return { ...wire, location: String(new URL(wire.headers.location ?? '', url)) };
}

/** Returns the events of the text, with adjacent tokens joined. */
function eventsIn(wire: string) {
  const sent: { type: string; [field: string]: unknown }[] = [];
  for (const [, type = '', json = ''] of wire.matchAll(/^event: (?!rxsse\.)(.*)\ndata: (.*)\n\n/gm)) {
    const data = JSON.parse(json);
    const last = sent.at(-1);
    if (type === 'token' && last?.type === 'token') last.text = `${last.text}${data.text}`;
    else sent.push({ type, ...data });
  }
  return sent;
}

const idsIn = (wire: string) => [...wire.matchAll(/^id: (.*)\nevent: (?!rxsse\.)/gm)].map(([, id]) => id);
const ended = /event: rxsse.end\n/;

/** Counts the turns of the loop from the first close of a response until the model notices that its own is closed. */
async function turnsUntilNoticed({ app, model }: Served, close: () => void): Promise<number> {
  const turns = deferred<number>();
  let count = 0;
  let isNoticed = false;
  const countTurn = (): void => {
    count++;
    if (!isNoticed) setImmediate(countTurn);
  };
  // The model may notice the end of its connection in any way.
  for (const noticed of ['end', 'error', 'close']) {
    model.responses[0]?.socket?.on(noticed, () => {
      isNoticed = true;
      turns.resolve(count);
    });
  }
  let isStarted = false;
  for (const response of app.responses) {
    response.on('close', () => {
      if (!isStarted) setImmediate(countTurn);
      isStarted = true;
    });
  }
  close();
  return turns.promise;
}

describe('the llm example', () => {
  for (const api of ['openai', 'anthropic'] as const) {
    it(`converts the events of ${api}: tokens, a tool call, usage, and the end`, async () => {
      await withApp({ api, pieces }, async ({ url }) => {
        expect(eventsIn(await (await ask(url, 'weather?')).ended())).to.deep.equal([
          { type: 'question', text: 'weather?' },
          { type: 'token', text: 'Let me lo\nok: ü' },
          {
            type: 'tool_call',
            id: api === 'openai' ? 'call_1' : 'toolu_1',
            name: 'look',
            arguments: '{"place":"Graz"}',
          },
          { type: 'usage', input: 12, output: 7 },
          { type: 'done', reason: api === 'openai' ? 'tool_call' : 'stop' },
        ]);
      });
    });
  }

  it('continues without its reader; two tabs receive the same by one request to the model', async () => {
    await withApp({}, async ({ url, requests, called, say, finish }) => {
      const tab = await ask(url, 'a story');
      await called(1);
      say('once ', 'upon ');
      const before = await tab.until(/upon /);
      tab.close();
      await tab.over();
      say('a ', 'time ');
      // One tab has stored its cursor, and another one knows the location alone.
      const back = await openStream(tab.location, { headers: { 'last-event-id': idsIn(before).at(-1) } });
      const fresh = await openStream(tab.location);
      expect([back.status, back.headers['rxsse-resume']]).to.deep.equal([200, 'exact']);
      await Promise.all([back.until(/time /), fresh.until(/time /)]);
      say('there ', 'was');
      finish();
      const [rest, whole] = await Promise.all([back.ended(), fresh.ended()]);
      expect([...idsIn(before), ...idsIn(rest)]).to.deep.equal(idsIn(whole));
      expect(new Set(idsIn(whole)).size).to.equal(idsIn(whole).length);
      expect(eventsIn(whole)).to.deep.equal([
        { type: 'question', text: 'a story' },
        { type: 'token', text: 'once upon a time there was' },
        { type: 'usage', input: 12, output: 7 },
        { type: 'done', reason: 'stop' },
      ]);
      expect(requests).to.have.length(1);
    });
  });

  for (const api of ['openai', 'anthropic'] as const) {
    it(`aborts the request to ${api} within one turn of the loop when the last reader disconnects, with linger 0`, async () => {
      await withApp({ api, linger: 0 }, async (served) => {
        const tab = await ask(served.url, 'for ever');
        const other = await openStream(tab.location);
        await served.called(1);
        served.say('and so ');
        await Promise.all([tab.until(/and so/), other.until(/and so/)]);
        other.close();
        await other.over();
        expect(served.model.responses[0]?.closed).to.equal(false);
        // Counted from the turn in which the server notices that the last of the two has disconnected.
        expect(await turnsUntilNoticed(served, () => tab.close())).to.be.at.most(1);
        expect((await openStream(tab.location)).status).to.equal(404);
      });
    });

    it(`stops on request: the request to ${api} is aborted within one turn, and each reader receives the end`, async () => {
      await withApp({ api }, async (served) => {
        const tab = await ask(served.url, 'for ever');
        const other = await openStream(tab.location);
        await served.called(1);
        served.say('and so ');
        await Promise.all([tab.until(/and so/), other.until(/and so/)]);
        const stopping = deferred<number>();
        const turns = turnsUntilNoticed(served, () => {
          void fetch(tab.location, { method: 'DELETE' }).then(({ status }) => stopping.resolve(status));
        });
        expect(await turns).to.be.at.most(1);
        expect(await stopping.promise).to.equal(204);
        for (const wire of [tab, other]) {
          expect(eventsIn(await wire.ended())).to.deep.equal([
            { type: 'question', text: 'for ever' },
            { type: 'token', text: 'and so ' },
          ]);
          expect(wire.text()).to.match(ended);
        }
      });
    });
  }

  const refusing = (status: number): Behaviour['server'] => ({
    instead: (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":{"message":"internal detail"}}');
      return true;
    },
  });
  const failures: Readonly<Record<string, readonly [Behaviour['server'], RegExp]>> = {
    'refuses the key': [refusing(401), /rejected the key/],
    'has too many requests': [refusing(429), /too many requests/],
    'has a failure': [refusing(500), /model failed/],
    'does not know the model': [refusing(404), /model is not known/],
    'does not take the question': [refusing(400), /rejected the question/],
    'is cut in the middle': [{ cuts: [1500] }, /broke before the answer was complete/],
  };
  for (const api of ['openai', 'anthropic'] as const) {
    for (const [what, [server, message]] of Object.entries(failures)) {
      it(`reports that ${api} ${what}, without its internals, also to a reader that comes later`, async () => {
        const errors: unknown[] = [];
        const behaviour = { api, pieces, ...(server && { server }), onError: (error: unknown) => errors.push(error) };
        await withApp(behaviour, async ({ url, requests }) => {
          const tab = await ask(url, 'anything');
          const wire = await tab.ended();
          expect(eventsIn(wire).at(-1)?.type).to.equal('failed');
          expect(eventsIn(wire).at(-1)?.message).to.match(message);
          expect(wire).not.to.match(/sk-secret|internal detail|127\.0\.0\.1|terminated|at \w+ \(/);
          expect(eventsIn(await readWire(tab.location, ended))).to.deep.equal(eventsIn(wire));
          expect(requests).to.have.length(1);
          expect(errors).to.have.length(1);
        });
      });
    }
  }

  it('sends the messages of the conversation to the model', async () => {
    const messages = [
      { role: 'user', content: 'is it?' },
      { role: 'assistant', content: 'it is' },
      { role: 'user', content: 'sure?' },
    ];
    for (const [api, field] of [
      ['openai', 'input'],
      ['anthropic', 'messages'],
    ] as const) {
      await withApp({ api, pieces }, async ({ url, requests }) => {
        await (await openStream(url, { ...question(''), body: JSON.stringify({ messages }) })).ended();
        expect(requests.map(({ body }) => JSON.parse(body)[field])).to.deep.equal([messages]);
      });
    }
  });

  it('bounds the number of answers, and refuses another body, another origin and an unknown answer', async () => {
    await withApp({ maxAnswers: 1 }, async ({ url, called, requests }) => {
      const { headers, ...rest } = question('a');
      const statusOf = async (more: object, at = url) => (await openStream(at, { ...rest, headers, ...more })).status;
      expect(await statusOf({ body: '{"messages":[{"role":"system","content":"x"}]}' })).to.equal(422);
      expect(await statusOf({ headers: { ...headers, origin: 'https://evil.example' } })).to.equal(403);
      expect(await statusOf({ method: 'GET', body: '' }, `${url}?lastEventId=1.AAAAAAAAAAAAAAAA.0`)).to.equal(404);
      expect(await statusOf({})).to.equal(200);
      expect(await statusOf({ headers: { ...headers, 'rxsse-client': '1' } })).to.equal(503);
      await called(1);
      expect(requests).to.have.length(1);
    });
  });

  it('joins the adjacent tokens of one turn, and no others', async () => {
    const saying = new Subject<ChatEvent>();
    const app = llmApp({ model: () => saying });
    await listen(app, async (url) => {
      const tab = await ask(`${url}/answers`, 'letters');
      const say = (...letters: readonly string[]) => {
        for (const text of letters) saying.next(Chat.Token({ text }));
      };
      say('a', 'b');
      saying.next(Chat.Usage({ input: 1, output: 2 }));
      say('c', 'd');
      await tab.until(/cd/);
      say('e');
      await tab.until(/"e"/);
      say('f');
      saying.complete();
      const data = [...(await tab.ended()).matchAll(/event: (?:token|usage)\ndata: (.*)/g)].map(
        ([, json = '']) => json,
      );
      expect(data).to.deep.equal([
        '{"text":"ab"}',
        '{"input":1,"output":2}',
        '{"text":"cd"}',
        '{"text":"e"}',
        '{"text":"f"}',
      ]);
    });
  });

  it('serves its page with a policy that allows no inline script and no other server', async () => {
    await listen(llmApp({ model: () => NEVER }), async (url) => {
      const response = await fetch(url);
      const text = await response.text();
      expect(response.headers.get('content-security-policy')).to.include("script-src 'self'; style-src 'self'");
      expect(text).not.to.match(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=/);
      for (const file of ['page.js', 'page.css']) expect((await fetch(`${url}/${file}`)).status).to.equal(200);
    });
  });

  it('sends its requests to the model that the environment names', () => {
    const named = (env: Parameters<typeof modelIn>[0]) => modelIn(env)?.name;
    expect(named({ OPENAI_API_KEY: '', ANTHROPIC_BASE_URL: '' })).to.equal(undefined);
    expect(named({ OPENAI_BASE_URL: 'http://127.0.0.1:8080/v1', OPENAI_MODEL: 'local' })).to.equal('local');
    expect(named({ ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k' })).to.equal('claude-sonnet-4-5');
    expect(named({ OPENAI_API_KEY: 'k' })).to.equal('gpt-5-mini');
  });
});
