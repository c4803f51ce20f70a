import { expect } from 'chai';
import { type AnthropicEvent, fromAnthropic, ModelError, type ModelOptions } from '../../lib/agents/index.ts';
import { ConnectionError } from '../../lib/error/ConnectionError.ts';
import { DecodeError } from '../../lib/error/DecodeError.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { anthropicAnswer, type ModelJson } from './modelAnswers.ts';
import { frameOf, modelServer } from './modelServer.ts';

const answer = anthropicAnswer(
  [{ reasoning: 'They greet me.' }, { text: 'Grüß dich, how are you?' }, { tool: 'look', input: '{"place":"Graz"}' }],
  'tool_use',
);
const bytes = Buffer.from(answer.map(frameOf).join(''));
const request = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hello?' }] };

const ask = (url: string, options: ModelOptions = {}) =>
  fromAnthropic({ ...request, system: 'Be kind.' }, { baseUrl: url, apiKey: 'sk-secret', ...options });

/** Reads an answer to its end, and the error that ends it. */
async function readAll(url: string, options?: ModelOptions) {
  const events: AnthropicEvent[] = [];
  let error: unknown;
  await ask(url, options)
    .forEach((event) => void events.push(event))
    .catch((thrown: unknown) => {
      error = thrown;
    });
  return { events, error };
}

/** Joins the pieces of one kind in an answer. */
const joined = (events: readonly AnthropicEvent[], field: 'text' | 'thinking' | 'partial_json') =>
  events
    .map((event) => (event.type === 'content_block_delta' && field in event.data.delta ? event.data.delta : {}))
    .map((delta) => (delta as Partial<Record<typeof field, string>>)[field] ?? '')
    .join('');

describe('fromAnthropic', () => {
  it('sends the request, and emits the events of the answer with the fields of the contract', async () => {
    const model = modelServer(answer, { staysOpen: true });
    const unknown: string[] = [];
    await listen(model.listener, async (url) => {
      const { events, error } = await readAll(url, { onUnknownEvent: (type) => void unknown.push(type) });
      expect(error).to.equal(undefined);
      expect(joined(events, 'text')).to.equal('Grüß dich, how are you?');
      expect(joined(events, 'thinking')).to.equal('They greet me.');
      expect(joined(events, 'partial_json')).to.equal('{"place":"Graz"}');
      const usage = { input_tokens: 12, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 4 };
      expect(events[0]).to.deep.equal({
        type: 'message_start',
        data: { message: { id: 'msg_1', model: 'm', usage } },
      });
      expect(events).to.deep.include({
        type: 'content_block_start',
        data: { index: 2, content_block: { type: 'tool_use', id: 'toolu_2', name: 'look' } },
      });
      expect(events.slice(-2)).to.deep.equal([
        { type: 'message_delta', data: { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 7 } } },
        { type: 'message_stop', data: {} },
      ]);
    });
    expect(unknown).to.deep.equal([]);
    const [{ method, url, headers, body } = expect.fail(), ...more] = model.requests;
    expect(more).to.deep.equal([]);
    expect([method, url]).to.deep.equal(['POST', '/v1/messages']);
    expect(headers).to.include({ 'x-api-key': 'sk-secret', 'anthropic-version': '2023-06-01' });
    expect(JSON.parse(body)).to.deep.equal({ ...request, system: 'Be kind.', stream: true });
  });

  it('leaves out blocks, deltas and events of other types, and passes them to onUnknownEvent', async () => {
    const others = [
      { type: 'content_block_start', index: 9, content_block: { type: 'web_search_tool_result', content: [] } },
      { type: 'content_block_delta', index: 1, delta: { type: 'citations_delta', citation: {} } },
      { type: 'message_later' },
    ];
    const unknown: unknown[] = [];
    const model = modelServer([...answer.slice(0, 2), ...others, ...answer.slice(2)]);
    await listen(model.listener, async (url) => {
      const { events, error } = await readAll(url, { onUnknownEvent: (_type, json) => void unknown.push(json) });
      expect(error).to.equal(undefined);
      expect(events).to.have.length(answer.length - 1);
    });
    expect(unknown).to.deep.equal(others);
  });

  it('errors after the events that have arrived, and sends no other request, wherever the connection is cut', async () => {
    for (let n = 0; n < 20; n++) {
      const cut = Math.floor((n * bytes.length) / 20);
      const model = modelServer(answer, { cuts: [cut] });
      await listen(model.listener, async (url) => {
        const { events, error } = await readAll(url);
        expect(error, `cut after ${cut} bytes`).to.be.instanceOf(ConnectionError);
        const complete =
          bytes
            .subarray(0, cut)
            .toString()
            .match(/^event: (?!ping).*\ndata: .*\n\n/gm) ?? [];
        expect(events).to.have.length(complete.length);
      });
      expect(model.requests).to.have.length(1);
    }
    const { events, error } = await listen(modelServer(answer.slice(0, -1)).listener, (url) => readAll(url));
    expect(events.at(-1)?.type).to.equal('message_delta');
    expect(error).to.include({ reason: 'closed' });
  });

  it('errors with the type of the event error, and with nothing else of it in the message', async () => {
    const error = { type: 'overloaded_error', message: 'of org-secret' };
    await listen(modelServer([...answer.slice(0, 4), { type: 'error', error }]).listener, async (url) => {
      const read = await readAll(url);
      expect(read.events).to.have.length(3);
      expect(read.error).to.be.instanceOf(ModelError).and.deep.include({ code: 'overloaded_error', problem: error });
      expect((read.error as ModelError).message).to.equal('fromAnthropic: the model failed: overloaded_error');
    });
    const nameless: ModelJson = { type: 'error', error: { type: 'a key: sk-secret' } };
    await listen(modelServer([nameless]).listener, async (url) => {
      expect((await readAll(url)).error).to.include({ code: undefined, message: 'fromAnthropic: the model failed' });
    });
  });

  it('errors with the status of a refusal, its Retry-After and its JSON', async () => {
    const model = modelServer(answer, {
      instead: (_request, response) => {
        response.writeHead(529, { 'content-type': 'application/json', 'retry-after': '3' });
        response.end('{"type":"error","error":{"type":"overloaded_error"}}');
        return true;
      },
    });
    await listen(model.listener, async (url) => {
      const { error } = await readAll(url);
      expect(error).to.include({ reason: 'status', status: 529, retryAfter: 3000 });
      expect(error).to.have.nested.property('problem.error.type', 'overloaded_error');
      expect((error as Error).message).to.equal('fromAnthropic: expected an event stream, got status 529');
    });
  });

  it('errors for an event that does not match the contract', async () => {
    const bad = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 7 } };
    await listen(modelServer([...answer.slice(0, 2), bad]).listener, async (url) => {
      expect((await readAll(url)).error).to.be.instanceOf(DecodeError);
    });
  });

  it('aborts the request in the turn of the unsubscription', async () => {
    let signal: AbortSignal | undefined;
    const model = modelServer(answer.slice(0, 3), { staysOpen: true });
    const opened = deferred();
    await listen(model.listener, async (url) => {
      const send: ModelOptions['fetch'] = (input, init) => {
        signal = init.signal ?? undefined;
        return fetch(input, init);
      };
      const reading = ask(url, { fetch: send }).subscribe(() => opened.resolve());
      await opened.promise;
      const closed = model.nextClose();
      reading.unsubscribe();
      expect(signal?.aborted).to.equal(true);
      await closed;
    });
  });

  it('sends the version that the headers name', async () => {
    const model = modelServer(answer);
    await listen(model.listener, (url) => readAll(url, { headers: { 'anthropic-version': '2030-01-01' } }));
    expect(model.requests[0]?.headers).to.include({ 'anthropic-version': '2030-01-01' });
  });

  it('refuses wrong options at once', () => {
    expect(() => fromAnthropic(request, { backoff: {} } as ModelOptions)).to.throw(TypeError, 'unknown option backoff');
    expect(() => fromAnthropic(request, { apiKey: '' })).to.throw(TypeError, 'fromAnthropic: apiKey');
  });
});
