import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import express from 'express';
import { Hono } from 'hono';
import { from, Subject } from 'rxjs';
import { type EventLog, type SseRequest, setErrorReporter, shutdown } from 'rxsse';
import { type ChatRoutesOptions, type GraphPart, type GraphRequest, langGraphRoutes } from 'rxsse/agents';
import { withLatency } from 'rxsse/testing';
import { withOverrides } from '../log/broken.ts';
import { freshFolder } from '../log/lmdb/folder.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';

const part = (n: number): GraphPart => ({ event: 'values', data: { n } });
const post = (body: object = {}, headers: object = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ assistant_id: 'a', ...body }),
});

/** Returns the parts in the text of a response, and the end. */
const partsIn = (text: string): unknown[] =>
  [...text.matchAll(/^event: (.*)\ndata: (.*)$/gm)].map(([, event, data = '']) => ({ event, data: JSON.parse(data) }));
const idsIn = (text: string): string[] => [...text.matchAll(/^id: (.*)$/gm)].map(([, id = '']) => id);
const end = { event: 'end', data: null };

describe('langGraphRoutes', () => {
  const folder = freshFolder();
  let streams: Subject<GraphPart>[] = [];
  let requests: GraphRequest<SseRequest>[] = [];
  afterEach(() => setErrorReporter(undefined));
  beforeEach(() => {
    streams = [];
    requests = [];
  });
  const routes = (options: ChatRoutesOptions<SseRequest> = {}) =>
    langGraphRoutes(options, (request: GraphRequest<SseRequest>) => {
      const stream = new Subject<GraphPart>();
      streams.push(stream);
      requests.push(request);
      return stream;
    });
  const emit = (...numbers: readonly number[]): void => {
    for (const n of numbers) streams.at(-1)?.next(part(n));
  };

  const logs: Readonly<Record<string, () => Partial<ChatRoutesOptions<SseRequest>>>> = {
    'in memory': () => ({}),
    'in a file': () => ({ log: (name) => folder.open({ name }) }),
  };
  for (const [kind, logOf] of Object.entries(logs)) {
    describe(`with runs ${kind}`, () => {
      it('sends a run, and where it can be joined: from its start, and after a position', async () => {
        await listen(routes(logOf()) as RequestListener, async (url) => {
          const first = await openStream(`${url}/threads/a%2Fb/runs/stream`, post({ input: { x: 1 } }));
          expect(requests[0]).to.deep.include({ threadId: 'a/b', body: { assistant_id: 'a', input: { x: 1 } } });
          const { location = '', 'content-location': runPath } = first.headers;
          expect(location)
            .to.match(/^\/threads\/a%2Fb\/runs\/[\w-]{10,40}\/stream$/)
            .and.equal(`${runPath}/stream`);
          emit(1, 2);
          await first.until(/"n":2/);
          first.close();
          await first.over();
          emit(3);

          const whole = await openStream(`${url}${location}?cancel_on_disconnect=0`);
          expect(whole.headers).to.include({ location, 'content-location': runPath });
          const start = await openStream(url + location, { headers: { 'Last-Event-ID': '-1' } });
          await whole.until(/"n":3/);
          const [, afterOne = ''] = idsIn(whole.text());
          const rest = await openStream(url + location, { headers: { 'Last-Event-ID': afterOne } });
          emit(4);
          streams[0]?.complete();
          const parts = [1, 2, 3, 4].map(part);
          expect(partsIn(await whole.ended())).to.deep.equal([...parts, end]);
          expect(partsIn(await start.ended())).to.deep.equal([...parts, end]);
          expect(partsIn(await rest.ended())).to.deep.equal([...parts.slice(1), end]);
          // A reader that has the end already gets it again, and no 204, which the SDK takes for an error.
          const again = await openStream(url + location, { headers: { 'Last-Event-ID': idsIn(whole.text()).at(-1) } });
          expect(partsIn(await again.ended())).to.deep.equal([end]);
        });
        expect(requests).to.have.length(1);
      });

      it('sends whether a run continues', async () => {
        await listen(routes(logOf()) as RequestListener, async (url) => {
          const first = await openStream(`${url}/threads/t/runs/stream`, post());
          const run = `${url}${first.headers['content-location']}`;
          const statusOf = async () => (await fetch(run)).json();
          const run_id = run.split('/').at(-1);
          expect(await statusOf()).to.deep.equal({ run_id, thread_id: 't', status: 'running' });
          streams[0]?.complete();
          await first.ended();
          expect(await statusOf()).to.include({ status: 'success' });
          expect((await fetch(`${run}/cancel`, { method: 'POST' })).status).to.equal(204);
          expect(await statusOf()).to.include({ status: 'success' });
          expect(requests[0]?.signal.aborted).to.equal(false);
          expect((await fetch(run.replace('/runs/', '/runs/x'))).status).to.equal(404);
        });
      });

      it('cancels a run: its signal is aborted, and its readers get the end', async () => {
        await listen(routes(logOf()) as RequestListener, async (url) => {
          const first = await openStream(`${url}/runs/stream`, post());
          expect(requests[0]?.threadId).to.equal(undefined);
          emit(1);
          await first.until(/"n":1/);
          const cancel = `${url}${first.headers['content-location']}/cancel?wait=0&action=interrupt`;
          expect((await fetch(cancel, { method: 'POST' })).status).to.equal(204);
          expect(partsIn(await first.ended())).to.deep.equal([part(1), end]);
          expect(requests[0]?.signal.aborted).to.equal(true);
          expect(streams[0]?.observed).to.equal(false);
          expect((await fetch(cancel, { method: 'POST' })).status).to.equal(204);
          const status = await fetch(cancel.replace(/.cancel.*/, ''));
          expect(await status.json()).to.include({ status: 'interrupted' });
          expect((await fetch(cancel.replace('/runs/', '/runs/x'), { method: 'POST' })).status).to.equal(404);
        });
      });

      it('sends an error of the stream as the event error', async () => {
        const onError = (error: unknown) => `not ${(error as Error).message}`;
        await listen(routes({ ...logOf(), onError }) as RequestListener, async (url) => {
          const first = await openStream(`${url}/threads/t/runs/stream`, post());
          emit(1);
          streams[0]?.error(new Error('now'));
          const error = { event: 'error', data: { error: 'Error', message: 'not now' } };
          expect(partsIn(await first.ended())).to.deep.equal([part(1), error, end]);
          const run = await fetch(`${url}${first.headers['content-location']}`);
          expect(await run.json()).to.include({ status: 'error' });
        });
      });

      it('refuses the run of another owner', async () => {
        const owner = ({ headers }: SseRequest) => String(headers['x-user']);
        await listen(routes({ ...logOf(), owner }) as RequestListener, async (url) => {
          const as = (user: string) => ({ headers: { 'x-user': user } });
          const first = await openStream(`${url}/threads/t/runs/stream`, post({}, { 'x-user': 'ann' }));
          const run = `${url}${first.headers['content-location']}`;
          for (const [path, method] of [
            ['/stream', 'GET'],
            ['', 'GET'],
            ['/cancel', 'POST'],
          ] as const) {
            expect((await fetch(run + path, { method, ...as('bob') })).status, path).to.equal(404);
          }
          emit(1);
          const joined = await openStream(`${run}/stream`, as('ann'));
          await joined.until(/"n":1/);
        });
      });
    });
  }

  it('sends the event error for a run that its server does not complete', async () => {
    setErrorReporter(() => {});
    const log = (name: string) => folder.open({ name });
    const routed = routes({ log });
    await listen(routed as RequestListener, (here) =>
      listen(langGraphRoutes({ log }, () => []) as RequestListener, async (there) => {
        const first = await openStream(`${here}/threads/t/runs/stream`, post());
        emit(1);
        await first.until(/"n":1/);
        const joined = await openStream(there + first.headers.location);
        await shutdown(routed, { duration: 0 });
        const message = 'The run was interrupted. Please try again.';
        const parts = [part(1), { event: 'error', data: { error: 'Error', message } }, end];
        expect(partsIn(await joined.ended())).to.deep.equal(parts);
      }),
    );
  });

  it('sends the status of a run whose process has ended, as an error, before a reader joins it', async () => {
    setErrorReporter(() => {});
    /** A process that ends just after it has taken the claim: it does not renew it. */
    const ending = (name: string): EventLog => {
      const log = folder.open({ name });
      const claim = (holder: string, _lease: number) => (log.claim as NonNullable<EventLog['claim']>)(holder, 1);
      return withOverrides(log, { claim });
    };
    await listen(routes({ log: ending }) as RequestListener, (here) =>
      listen(routes({ log: (name) => folder.open({ name }) }) as RequestListener, async (there) => {
        const first = await openStream(`${here}/threads/t/runs/stream`, post());
        const statusOf = async (): Promise<unknown> => {
          const run = await fetch(there + first.headers['content-location']);
          return ((await run.json()) as { readonly status: unknown }).status;
        };
        // The claim lasts a millisecond from its last renewal.
        while ((await statusOf()) === 'running');
        expect(await statusOf()).to.equal('error');
      }),
    );
  });

  it('sends the status also where linger is 0 and the storage takes its time', () => {
    const log = (name: string) => withLatency(folder.open({ name }), 5);
    return listen(routes({ log, linger: 0 }) as RequestListener, (here) =>
      listen(routes({ log, linger: 0 }) as RequestListener, async (there) => {
        const first = await openStream(`${here}/runs/stream`, post());
        const run = there + first.headers['content-location'];
        for (let n = 0; n < 3; n++) expect(await (await fetch(run)).json()).to.include({ status: 'running' });
        expect((await fetch(`${run}/cancel`, { method: 'POST' })).status).to.equal(204);
        for (let n = 0; n < 3; n++) expect(await (await fetch(run)).json()).to.include({ status: 'interrupted' });
      }),
    );
  });

  it('sends the status to the origins that it sends streams to', () =>
    listen(routes({ allowedOrigins: ['https://shop.example'] }) as RequestListener, async (url) => {
      const first = await openStream(`${url}/runs/stream`, post());
      const run = url + first.headers['content-location'];
      const statusFor = async (origin: string) => (await fetch(run, { headers: { origin } })).status;
      expect(await statusFor('https://shop.example')).to.equal(200);
      expect(await statusFor('https://other.example')).to.equal(403);
    }));

  it('encodes the id of a run that a client has invented', () =>
    listen(routes() as RequestListener, async (url) => {
      const first = await openStream(`${url}/runs/stream`, post());
      emit(1);
      await first.until(/"n":1/);
      // The cursor is that of the other run, which is what the client gets.
      const headers = { 'Last-Event-ID': idsIn(first.text())[0] };
      const invented = await openStream(`${url}/runs/%E2%86%92/stream`, { headers });
      expect([invented.status, invented.headers.location]).to.deep.equal([200, '/runs/%E2%86%92/stream']);
    }));

  it('stops a run in memory that is without a reader for linger', async () => {
    await listen(routes({ linger: 0 }) as RequestListener, async (url) => {
      const first = await openStream(`${url}/threads/t/runs/stream`, post());
      const aborted = new Promise((resolve) => requests[0]?.signal.addEventListener('abort', resolve));
      first.close();
      await aborted;
      expect((await fetch(url + first.headers.location)).status).to.equal(404);
    });
  });

  it('takes an iterable, and reports an error where there is no onError', async () => {
    const reported: string[] = [];
    setErrorReporter((error) => void reported.push(String(error)));
    try {
      const graph = langGraphRoutes({}, async function* () {
        yield part(1);
        throw new Error('secret');
      });
      await listen(graph as RequestListener, async (url) => {
        const text = await (await openStream(`${url}/threads/t/runs/stream`, post())).ended();
        const error = { event: 'error', data: { error: 'Error', message: 'An error occurred.' } };
        expect(partsIn(text)).to.deep.equal([part(1), error, end]);
      });
      expect(reported).to.deep.equal(['Error: secret']);
    } finally {
      setErrorReporter(undefined);
    }
  });

  it('refuses a body that is not an object, and calls no graph', async () => {
    await listen(routes() as RequestListener, async (url) => {
      for (const body of ['', 'null', '[]', '7']) {
        const { status } = await fetch(`${url}/threads/t/runs/stream`, { ...post(), body });
        expect(status, body).to.equal(body === '' ? 400 : 422);
      }
    });
    expect(requests).to.deep.equal([]);
  });

  it('leaves other requests to the next handler, on Express below a path', async () => {
    const app = express();
    app.use(
      '/langgraph',
      langGraphRoutes({}, () => from([part(1)])),
    );
    app.use((_request, response) => void response.status(418).end());
    await listen(app, async (url) => {
      const first = await openStream(`${url}/langgraph/threads/t/runs/stream`, post());
      expect(partsIn(await first.ended())).to.deep.equal([part(1), end]);
      const { location } = first.headers;
      expect(partsIn(await (await openStream(`${url}/langgraph${location}`)).ended())).to.deep.equal([part(1), end]);
      for (const path of [
        '/threads',
        '/threads/t/state',
        '/threads/%ff/runs/stream',
        '/runs',
        '/threads/t/runs/r/join',
        '/login?next=/runs/stream',
      ]) {
        expect((await fetch(`${url}/langgraph${path}`, { method: 'POST' })).status, path).to.equal(418);
      }
    });
  });

  it('serves a web Request', async () => {
    const app = new Hono();
    const graph = langGraphRoutes({}, (_request: GraphRequest<Request>) => from([part(1)]));
    app.all('/api/*', ({ req }) => graph(req.raw));
    const first = await app.request('/api/threads/t/runs/stream', post());
    expect(partsIn(await first.text())).to.deep.equal([part(1), end]);
    const location = first.headers.get('location');
    expect(partsIn(await (await app.request(`/api${location}`)).text())).to.deep.equal([part(1), end]);
    const status = await app.request(`/api${first.headers.get('content-location')}`);
    expect(await status.json()).to.include({ status: 'success' });
    expect((await app.request('/api/threads/t')).status).to.equal(404);
  });

  it('refuses wrong options at once', () => {
    expect(() => langGraphRoutes({ logs: 1 } as object, () => [])).to.throw(TypeError, 'did you mean log?');
    expect(() => langGraphRoutes({ maxBodyBytes: 0 }, () => [])).to.throw(RangeError, 'langGraphRoutes: maxBodyBytes');
  });
});
