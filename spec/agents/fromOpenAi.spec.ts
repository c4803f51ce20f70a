import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { catchError, of, take } from 'rxjs';
import { type FromOpenAiOptions, fromOpenAi, ModelError, type OpenAiEvent } from '../../lib/agents/index.ts';
import { ConnectionError } from '../../lib/error/ConnectionError.ts';
import { DecodeError } from '../../lib/error/DecodeError.ts';
import { setErrorReporter } from '../../lib/error/reportError.ts';
import { asyncMarbles } from '../../lib/testing/asyncMarbles.ts';
import { deferred } from '../support/deferred.ts';
import { listen } from '../support/listen.ts';
import { type ModelJson, openAiAnswer } from './modelAnswers.ts';
import { frameOf, modelServer } from './modelServer.ts';

const answer = openAiAnswer([
  { reasoning: 'They greet me.' },
  { text: 'Grüß dich, how are you?' },
  { tool: 'look', input: '{"place":"Graz"}' },
]);
const bytes = Buffer.from(answer.map(frameOf).join(''));
/** Where each frame of the answer ends. */
const ends = answer.map((_, index) =>
  Buffer.byteLength(
    answer
      .slice(0, index + 1)
      .map(frameOf)
      .join(''),
  ),
);
const fast = { initialDelay: 1, maxDelay: 2 };

/** The requests of a spec; a server is closed when they have settled. */
const requested: PromiseLike<Response>[] = [];
const recorded: typeof fetch = (...request) => {
  const response = fetch(...request);
  requested.push(response);
  return response;
};
const settled = () => Promise.allSettled(requested.splice(0));

const ask = (url: string, more: object = {}, options: FromOpenAiOptions = {}) =>
  fromOpenAi(
    { model: 'm', input: 'hello?', ...more },
    { baseUrl: `${url}/v1`, apiKey: 'sk-secret', backoff: fast, fetch: recorded, ...options },
  );

/** Reads an answer to its end, and the error that ends it. */
async function readAll(...args: Parameters<typeof ask>) {
  const events: OpenAiEvent[] = [];
  let error: unknown;
  await ask(...args)
    .forEach((event) => void events.push(event))
    .catch((thrown: unknown) => {
      error = thrown;
    });
  await settled();
  return { events, error };
}

const textOf = (events: readonly OpenAiEvent[]) =>
  events.map((event) => (event.type === 'response.output_text.delta' ? event.data.delta : '')).join('');

/** Answers a request with one JSON body. */
const refusal =
  (status: number, headers: Record<string, string> = {}) =>
  (_request: unknown, response: ServerResponse) => {
    const body = { error: { message: 'Incorrect key sk-secret', code: 'invalid_api_key' } };
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    return true;
  };

describe('fromOpenAi', () => {
  it('sends the request, and emits the events of the answer with the fields of the contract', async () => {
    const model = modelServer(answer);
    await listen(model.listener, async (url) => {
      const { events, error } = await readAll(url, { instructions: 'Be kind.' });
      expect(error).to.equal(undefined);
      expect(textOf(events)).to.equal('Grüß dich, how are you?');
      expect(events[0]).to.deep.equal({ type: 'response.created', data: { response: { id: 'resp_1' } } });
      expect(events[1]).to.deep.equal({
        type: 'response.reasoning_summary_text.delta',
        data: { item_id: 'item_0', output_index: 0, delta: 'They gr' },
      });
      const call = { type: 'function_call', call_id: 'call_2', name: 'look', arguments: '{"place":"Graz"}' };
      expect(events.filter(({ type }) => type === 'response.output_item.done')).to.deep.equal([
        { type: 'response.output_item.done', data: { output_index: 2, item: call } },
      ]);
      const usage = {
        input_tokens: 12,
        output_tokens: 7,
        input_tokens_details: { cached_tokens: 4 },
        output_tokens_details: { reasoning_tokens: 2 },
      };
      expect(events.at(-1)).to.deep.equal({
        type: 'response.completed',
        data: { response: { id: 'resp_1', status: 'completed', usage, incomplete_details: null } },
      });
    });
    const [{ method, url, headers, body } = expect.fail(), ...more] = model.requests;
    expect(more).to.deep.equal([]);
    expect([method, url]).to.deep.equal(['POST', '/v1/responses']);
    expect(headers).to.include({ authorization: 'Bearer sk-secret', accept: 'text/event-stream' });
    const sent = { model: 'm', input: 'hello?', instructions: 'Be kind.', stream: true };
    expect(JSON.parse(body)).to.deep.equal(sent);
  });

  it('completes after response.incomplete, although the response stays open', async () => {
    const model = modelServer(openAiAnswer([{ text: 'half an' }], 'incomplete'), { staysOpen: true });
    await listen(model.listener, async (url) => {
      const { events, error } = await readAll(url);
      expect(error).to.equal(undefined);
      expect(events.at(-1)?.data).to.have.nested.property('response.incomplete_details.reason', 'max_output_tokens');
    });
  });

  it('passes other events to onUnknownEvent, and leaves them out', async () => {
    const model = modelServer([
      ...answer.slice(0, 3),
      { type: 'response.new', sequence_number: 2.5 },
      ...answer.slice(3),
    ]);
    const unknown: [string, unknown][] = [];
    await listen(model.listener, async (url) => {
      const { events } = await readAll(url, {}, { onUnknownEvent: (...event) => void unknown.push(event) });
      expect(unknown).to.deep.include(['response.new', { type: 'response.new', sequence_number: 2.5 }]);
      expect(unknown.map(([type]) => type))
        .to.include('response.output_item.added')
        .and.not.include('response.created');
      expect(unknown.length + events.length).to.equal(answer.length + 1);
    });
  });

  describe('an answer in the background', () => {
    const background = { background: true };
    const firstFrame = Buffer.byteLength(frameOf(answer[0] as ModelJson));

    it('is resumed after the last event wherever its connection is cut', async () => {
      const expected = await listen(modelServer(answer).listener, (url) => readAll(url));
      const cuts = Array.from(
        { length: 40 },
        (_, n) => firstFrame + Math.floor((n * (bytes.length - firstFrame)) / 41),
      );
      for (const cut of cuts) {
        const model = modelServer(answer, { cuts: [cut] });
        await listen(model.listener, async (url) => {
          expect(await readAll(url, background), `cut after ${cut} bytes`).to.deep.equal(expected);
        });
        expect(model.requests.map(({ method }) => method)).to.deep.equal(['POST', 'GET']);
        const at = Number(/starting_after=(\d+)$/.exec(model.requests[1]?.url ?? '')?.[1]);
        // The last event of which the empty line was received as well.
        const received = ends.filter((end) => end <= cut).length - 1;
        expect(at).to.equal(received);
        expect(model.requests[1]?.headers).to.include({ authorization: 'Bearer sk-secret' });
      }
    });

    it('is resumed as often as it continues, and what the server repeats is left out', async () => {
      const expected = await listen(modelServer(answer).listener, (url) => readAll(url));
      const model = modelServer(answer, {
        cuts: Array.from({ length: 12 }, () => firstFrame + 700),
        instead: (request) => {
          // A server that starts two events too early.
          Object.assign(request, { url: request.url.replace(/\d+$/, (at) => `${Math.max(Number(at) - 2, 0)}`) });
          return false;
        },
      });
      await listen(model.listener, async (url) => {
        expect(await readAll(url, background, { backoff: { ...fast, maxAttempts: 2 } })).to.deep.equal(expected);
      });
      expect(model.requests.length).to.be.above(4);
    });

    it('is given up after maxAttempts failures in a row, with the last of them', async () => {
      const failures: unknown[] = [];
      const model = modelServer(answer, {
        cuts: [firstFrame + 10],
        instead: ({ method }, response) => method === 'GET' && refusal(503)({}, response),
      });
      await listen(model.listener, async (url) => {
        const backoff = { ...fast, maxAttempts: 3, onFailure: (error: unknown) => void failures.push(error) };
        const { events, error } = await readAll(url, background, { backoff });
        expect(events.map(({ type }) => type)).to.deep.equal(['response.created']);
        expect(error).to.be.instanceOf(ConnectionError).and.include({ status: 503 });
      });
      expect(failures).to.have.length(3);
      expect(model.requests.map(({ method, url }) => `${method} ${url}`)).to.deep.equal([
        'POST /v1/responses',
        ...Array.from({ length: 3 }, () => 'GET /v1/responses/resp_1?stream=true&starting_after=0'),
        'POST /v1/responses/resp_1/cancel',
      ]);
    });

    it('errors at once where the server no longer streams it', async () => {
      const model = modelServer(answer, {
        cuts: [firstFrame],
        instead: ({ method }, response) => method === 'GET' && refusal(400)({}, response),
      });
      await listen(model.listener, async (url) => {
        expect((await readAll(url, background)).error).to.include({ status: 400 });
      });
    });

    it('waits at least as long as Retry-After', async () => {
      const waits: number[] = [];
      const waiting = deferred();
      const onFailure = (_error: unknown, wait: number) => {
        waits.push(wait);
        if (waits.length === 2) waiting.resolve();
      };
      const model = modelServer(answer, {
        cuts: [firstFrame],
        instead: ({ method }, response) => method === 'GET' && refusal(429, { 'retry-after': '7' })({}, response),
      });
      await listen(model.listener, async (url) => {
        const reading = ask(url, background, { backoff: { ...fast, onFailure } }).subscribe();
        await waiting.promise;
        reading.unsubscribe();
        await settled();
      });
      expect(waits[0]).to.be.within(1, 2);
      expect(waits[1]).to.equal(7000);
    });

    it('is not started a second time when the connection is cut before the first event', async () => {
      const model = modelServer(answer, { cuts: [firstFrame - 1] });
      await listen(model.listener, async (url) => {
        const { events, error } = await readAll(url, background);
        expect(events).to.deep.equal([]);
        expect(error).to.be.instanceOf(ConnectionError).and.include({ reason: 'broken' });
      });
      expect(model.requests).to.have.length(1);
    });

    it('is cancelled in the turn of the unsubscription', async () => {
      const sent: string[] = [];
      const model = modelServer(answer.slice(0, 5), { staysOpen: true });
      const opened = deferred();
      await listen(model.listener, async (url) => {
        const reading = ask(url, background, {
          fetch: (input, init) => {
            sent.push(`${init.method ?? 'GET'} ${new URL(String(input)).pathname}`);
            return recorded(input, init);
          },
        }).subscribe(({ type }) => type === 'response.created' && opened.resolve());
        await opened.promise;
        const closed = model.nextClose();
        reading.unsubscribe();
        expect(sent).to.deep.equal(['POST /v1/responses', 'POST /v1/responses/resp_1/cancel']);
        await Promise.all([closed, settled()]);
      });
    });

    it('reports a cancellation that fails', async () => {
      let reported = deferred<unknown>();
      setErrorReporter((error) => reported.resolve(error));
      try {
        const broken: typeof fetch = (url, init) => {
          if (String(url).endsWith('/cancel')) throw new Error('no fetch');
          return recorded(url, init);
        };
        await listen(modelServer(answer, { staysOpen: true }).listener, async (url) => {
          await ask(url, background, { fetch: broken })
            .pipe(take(1))
            .forEach(() => {});
          expect(String(await reported.promise)).to.equal('Error: no fetch');
        });
        reported = deferred<unknown>();
        const model = modelServer(answer, {
          staysOpen: true,
          instead: ({ url }, response) => url.endsWith('/cancel') && refusal(500)({}, response),
        });
        await listen(model.listener, async (url) => {
          const reading = ask(url, background).subscribe(() => reading.unsubscribe());
          expect(String(await reported.promise))
            .to.include('status 500')
            .and.not.include('sk-secret');
        });
      } finally {
        setErrorReporter(undefined);
      }
    });
  });

  it('errors after the events that have arrived when the connection of another answer is cut', async () => {
    const at = bytes.indexOf('"delta":"dich, "');
    for (const [cut, reason] of [
      [at, 'broken'],
      [bytes.indexOf('event:', at), 'closed'],
    ] as const) {
      const model = modelServer(answer, {
        instead: (_request, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' }).end(bytes.subarray(0, cut));
          return true;
        },
      });
      await listen(model.listener, async (url) => {
        const { events, error } = await readAll(url);
        expect(textOf(events)).to.equal(reason === 'broken' ? 'Grüß ' : 'Grüß dich, ');
        expect(error).to.be.instanceOf(ConnectionError).and.include({ reason });
      });
      expect(model.requests).to.have.length(1);
    }
  });

  it('errors with the code of an event that reports an error, and with nothing else of it in the message', async () => {
    const problem = { code: 'rate_limit_exceeded', message: 'of org-secret' };
    const failures: readonly (readonly ModelJson[])[] = [
      [...answer.slice(0, 9), { type: 'error', sequence_number: 9, ...problem, param: null }],
      [...answer.slice(0, 9), { type: 'error', sequence_number: 9, error: { type: 'tokens', ...problem } }],
    ];
    for (const events of [...failures, openAiAnswer([{ text: 'half' }], 'failed')]) {
      const model = modelServer(events);
      await listen(model.listener, async (url) => {
        const { error } = await readAll(url, { background: true });
        expect(error).to.be.instanceOf(ModelError).and.include({ _tag: 'ModelError' });
        const { code, message, problem } = error as ModelError;
        expect(message).to.equal(`fromOpenAi: the model failed: ${code}`).and.not.include('secret');
        expect(problem).to.have.property('message').that.includes('secret');
        expect(['rate_limit_exceeded', 'server_error']).to.include(code);
      });
      expect(model.requests.filter(({ method }) => method === 'GET')).to.deep.equal([]);
    }
  });

  it('errors with the status of a refusal, its Retry-After and its JSON, and neither the key nor the body in the message', async () => {
    const model = modelServer(answer, { instead: refusal(429, { 'retry-after': '20' }) });
    await listen(model.listener, async (url) => {
      const { events, error } = await readAll(url, { background: true });
      expect(events).to.deep.equal([]);
      expect(error)
        .to.be.instanceOf(ConnectionError)
        .and.include({ reason: 'status', status: 429, retryAfter: 20_000 });
      const { message, problem } = error as ConnectionError;
      expect(message).to.equal('fromOpenAi: expected an event stream, got status 429');
      expect(problem).to.have.nested.property('error.code', 'invalid_api_key');
    });
    expect(model.requests).to.have.length(1);
  });

  it('errors for a response that is not an event stream, and for a server that does not respond', async () => {
    const model = modelServer(answer, { instead: refusal(200) });
    const url = await listen(model.listener, async (url) => {
      expect((await readAll(url)).error).to.include({ reason: 'type', status: 200 });
      return url;
    });
    const { error } = await readAll(url);
    expect(error).to.include({ reason: 'unreachable' }).and.have.property('message').that.does.not.include('secret');
  });

  it(
    'errors 5 s after a refusal whose body does not end, without the body',
    asyncMarbles(({ expectObservable }) => {
      const start = (controller: ReadableStreamDefaultController) => controller.enqueue(Buffer.from('{"error":'));
      const refuse = async () =>
        new Response(new ReadableStream({ start }), { status: 503, headers: { 'content-type': 'application/json' } });
      const refused = fromOpenAi({ model: 'm' }, { fetch: refuse }).pipe(
        catchError(({ status, problem }: ConnectionError) => of([status, problem])),
      );
      expectObservable(refused).toBe('5s (r|)', { r: [503, undefined] });
    }),
  );

  it('errors for an event that does not match the contract, and for data that is not JSON', async () => {
    const bad = [
      { type: 'response.output_text.delta', item_id: 'i', output_index: 0, delta: 7 },
      { type: 7 } as unknown as ModelJson,
    ];
    for (const json of bad) {
      await listen(modelServer([...answer.slice(0, 2), json]).listener, async (url) => {
        const { events, error } = await readAll(url);
        expect(events).to.have.length(1);
        expect(error).to.be.instanceOf(DecodeError);
      });
    }
  });

  it('aborts the request in the turn of the unsubscription', async () => {
    let signal: AbortSignal | undefined;
    const model = modelServer(answer.slice(0, 5), { staysOpen: true });
    const opened = deferred();
    await listen(model.listener, async (url) => {
      const reading = ask(
        url,
        {},
        {
          fetch: (input, init) => {
            signal = init.signal ?? undefined;
            return recorded(input, init);
          },
        },
      ).subscribe(() => opened.resolve());
      await opened.promise;
      const closed = model.nextClose();
      expect(signal?.aborted).to.equal(false);
      reading.unsubscribe();
      expect(signal?.aborted).to.equal(true);
      await closed;
    });
    expect(model.requests).to.have.length(1);
  });

  it('sends a request for each subscriber, with the headers of the program', async () => {
    const model = modelServer(answer);
    await listen(model.listener, async (url) => {
      const source = fromOpenAi({ model: 'm' }, { baseUrl: `${url}/v1/`, headers: { 'api-key': 'k', accept: '*/*' } });
      await source.forEach(() => {});
      await source.forEach(() => {});
    });
    expect(model.requests.map(({ url }) => url)).to.deep.equal(['/v1/responses', '/v1/responses']);
    expect(model.requests[1]?.headers)
      .to.include({ 'api-key': 'k', accept: '*/*' })
      .and.not.have.property('authorization');
  });

  it('refuses wrong options at once, and does not repeat a key', () => {
    const bad = (options: object) => () => fromOpenAi({ model: 'm' }, options);
    expect(bad({ apikey: 'k' })).to.throw(TypeError, 'fromOpenAi: unknown option apikey; did you mean apiKey?');
    expect(bad({ apiKey: 'sk-secret\n1' })).to.throw(TypeError, /^fromOpenAi: apiKey must be visible ASCII[^\n]*$/);
    expect(bad({ apiKey: '' })).to.throw(
      TypeError,
      'fromOpenAi: apiKey must be visible ASCII characters without spaces, got an empty text',
    );
    expect(bad({ apiKey: 'sk-secret\n1' })).to.not.throw(TypeError, 'secret');
    expect(bad({ maxEventBytes: 0 })).to.throw(RangeError, 'fromOpenAi: maxEventBytes must be above 0 bytes');
    expect(bad({ backoff: { maxAttempts: -1 } })).to.throw(RangeError, 'fromOpenAi: backoff.maxAttempts');
    expect(bad({ backoff: { resetAfter: 1 } })).to.throw(TypeError, 'unknown option resetAfter');
    expect(bad({ backoff: 5 })).to.throw(TypeError, 'fromOpenAi: backoff must be an object');
    expect(() => fromOpenAi({ model: 'm', user: 1n } as object)).to.throw(TypeError);
  });
});
