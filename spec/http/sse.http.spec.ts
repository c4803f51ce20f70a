import { expect } from 'chai';
import { EventSource } from 'eventsource';
import * as t from 'io-ts';
import {
  EMPTY,
  finalize,
  firstValueFrom,
  interval,
  map,
  merge,
  NEVER,
  Observable,
  of,
  Subject,
  take,
  throwError,
} from 'rxjs';
import { DateFromISOString, event, events, IntFromString, type SseRequest, sse, withDefault } from '../../lib/index.ts';
import { comment, message } from '../../lib/wire/index.ts';
import { deferred } from '../support/deferred.ts';
import { fetchOver } from '../support/http2.ts';
import { inFrontOf, listen } from '../support/listen.ts';
import { openStream, readWire } from '../support/openStream.ts';
import { bareServers, expressServers, headerOf, servers } from './servers.ts';

const Tick = event('tick', { n: t.number });
const Echo = event('echo', { message: t.string, created_at: withDefault(DateFromISOString, () => new Date(0)) });
const Events = events({ Tick, Echo });

/** Returns the ids of a text, without their epoch. */
function idsOf(text: string): string[] {
  return [...text.matchAll(/^id: 1\.[\w-]{16}\.(\d+~?)$/gm)].map((match) => match[1] ?? '');
}

function withoutEpochs(text: string): string {
  return text.replaceAll(/1\.[\w-]{16}\./g, '1.E.');
}

for (const [name, mount] of Object.entries(servers)) {
  describe(`sse on ${name}`, () => {
    it('sends any Observable as JSON without a name, numbered, and then the end', async () => {
      const { listener } = mount(sse(of(1, 'two', { three: 3 })));
      await listen(listener, async (url) => {
        const wire = await openStream(url);
        expect(withoutEpochs(await wire.ended())).to.equal(
          'retry: 3000\n\n' +
            'id: 1.E.1\ndata: 1\n\n' +
            'id: 1.E.2\ndata: "two"\n\n' +
            'id: 1.E.3\ndata: {"three":3}\n\n' +
            'id: 1.E.3~\nevent: rxsse.end\ndata: null\n\n',
        );
      });
    });

    it('sends the headers of a stream at once, before any event', async () => {
      const { listener } = mount(sse({ retry: 250 }, NEVER));
      await listen(listener, async (url) => {
        const wire = await openStream(url);
        expect(wire.status).to.equal(200);
        expect(wire.headers).to.include({
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-cache, no-transform',
          'x-accel-buffering': 'no',
        });
        expect(await wire.until(/\n\n/)).to.equal('retry: 250\n\n');
        wire.close();
      });
    });

    it('sends a typed event by the definition that created it, without fields that the codec does not name', async () => {
      const data = { message: 'hi', created_at: new Date(0), password: 'secret' };
      const { listener } = mount(sse({ events: Events }, of(Echo(data))));
      await listen(listener, async (url) => {
        const text = await (await openStream(url)).ended();
        expect(text).to.include('event: echo\ndata: {"message":"hi","created_at":"1970-01-01T00:00:00.000Z"}\n\n');
        expect(text).not.to.include('secret');
      });
    });

    it('sends a plain event by the definition of its name in the contract', async () => {
      const { listener } = mount(sse({ events: Events }, of({ type: 'tick', data: { n: 1 } } as const)));
      await listen(listener, async (url) => {
        expect(await (await openStream(url)).ended()).to.include('event: tick\ndata: {"n":1}\n\n');
      });
    });

    it('numbers after the merge, densely, under an epoch of the connection', async () => {
      const ticks = (type: string) =>
        interval(1).pipe(
          take(3),
          map((n) => message({ event: type, data: n })),
        );
      const { listener } = mount(sse(() => merge(ticks('a'), ticks('b'))));
      await listen(listener, async (url) => {
        const first = await (await openStream(url)).ended();
        const second = await (await openStream(url)).ended();
        expect(idsOf(first)).to.deep.equal(['1', '2', '3', '4', '5', '6', '6~']);
        expect(first.match(/1\.[\w-]{16}/)?.[0]).not.to.equal(second.match(/1\.[\w-]{16}/)?.[0]);
      });
    });

    it('sends frames as they are, comments unnumbered', async () => {
      const { listener } = mount(
        sse(of(comment('hello'), message({ text: 'a\nb' }), message({ event: 'named', data: 1, retry: 5 }))),
      );
      await listen(listener, async (url) => {
        expect(withoutEpochs(await (await openStream(url)).ended())).to.equal(
          'retry: 3000\n\n: hello\n\nid: 1.E.1\ndata: a\ndata: b\n\nid: 1.E.2\nevent: named\nretry: 5\ndata: 1\n\n' +
            'id: 1.E.2~\nevent: rxsse.end\ndata: null\n\n',
        );
      });
    });

    it('answers the reconnect after an end with 204, by header or query', async () => {
      const { listener } = mount(sse({ query: { needed: t.string } }, of(1)));
      await listen(listener, async (url) => {
        const text = await (await openStream(`${url}?needed=1`)).ended();
        const end = text.match(/id: (\S+~)/)?.[1] ?? '';
        expect((await fetchOver(url, { headers: { 'Last-Event-ID': end } })).status).to.equal(204);
        expect((await fetchOver(`${url}?lastEventId=${encodeURIComponent(end)}`)).status).to.equal(204);
      });
    });

    it('sends a gap to a reader that reconnects to a stream that does not resume', async () => {
      const { listener } = mount(sse(of('again')));
      await listen(listener, async (url) => {
        const first = await (await openStream(url)).ended();
        const cursor = first.match(/^id: (\S+1)$/m)?.[1] ?? '';
        const wire = await openStream(url, { headers: { 'Last-Event-ID': cursor } });
        expect(wire.headers['rxsse-resume']).to.equal('gap;reason=epoch');
        const gap = `{"reason":"epoch","requested":"${cursor}","resumedFrom":"1.E.0"}`;
        const reported = (await wire.ended()).replaceAll(cursor, 'C');
        expect(withoutEpochs(reported)).to.match(/^retry: 3000\n\nid: 1\.E\.0\nevent: rxsse\.gap\n/);
        expect(withoutEpochs(reported))
          .to.include(gap.replaceAll(cursor, 'C'))
          .and.to.include('id: 1.E.1\ndata: "again"');
      });
    });

    it('sends a gap to a reader with an invalid cursor, and does not repeat the cursor', async () => {
      const { listener } = mount(sse(of('again')));
      await listen(listener, async (url) => {
        const wire = await openStream(url, { headers: { 'Last-Event-ID': 'not a cursor' } });
        expect(wire.headers['rxsse-resume']).to.equal('gap;reason=invalid');
        expect(await wire.ended())
          .to.include('"reason":"invalid","requested":null')
          .and.not.include('not a cursor');
      });
    });

    it('sends three events to another EventSource, and then stops it', async () => {
      let requests = 0;
      const { listener } = mount(sse({ events: Events, retry: 1 }, of(Tick({ n: 1 }), Tick({ n: 2 }), Tick({ n: 3 }))));
      const counted = inFrontOf(listener, (request, response) => {
        requests++;
        listener(request, response);
      });
      await listen(counted, async (url) => {
        const seen: unknown[] = [];
        await new Promise<void>((resolve) => {
          const source = new EventSource(url, { fetch: fetchOver });
          source.addEventListener('tick', (passed) => seen.push(JSON.parse(passed.data)));
          source.addEventListener('error', () => {
            if (source.readyState === source.CLOSED) resolve();
          });
        });
        expect(seen).to.deep.equal([{ n: 1 }, { n: 2 }, { n: 3 }]);
        expect(requests).to.equal(2);
      });
    });

    it('passes the decoded query to the stream', async () => {
      const route = sse({ query: { count: IntFromString } }, ({ query }) => of(query.count + 1));
      await listen(mount(route).listener, async (url) => {
        expect(await (await openStream(`${url}?count=41`)).ended()).to.include('data: 42\n');
      });
    });

    it('answers a bad query with a problem that names every path and no value', async () => {
      const route = sse({ query: { count: IntFromString, name: t.string } }, NEVER);
      await listen(mount(route).listener, async (url) => {
        const answer = await fetchOver(`${url}?count=secret&name=a&name=b`);
        expect(answer.status).to.equal(422);
        expect(answer.headers.get('content-type')).to.equal('application/problem+json');
        const problem = await answer.text();
        expect(JSON.parse(problem)).to.deep.include({
          type: 'about:blank',
          title: 'Unprocessable Content',
          status: 422,
        });
        expect(JSON.parse(problem).errors.map((error: { path: string }) => error.path)).to.deep.equal([
          'query.count',
          'query.name',
        ]);
        expect(problem).not.to.include('secret');
      });
    });

    it('passes the state to the stream, awaited before the first byte', async () => {
      const whoIs = async (request: SseRequest) => ({ user: String(headerOf(request, 'user')) });
      const route = sse({ state: whoIs }, ({ state }) => of(state.user));
      await listen(mount(route).listener, async (url) => {
        expect(await (await openStream(url, { headers: { user: 'ada' } })).ended()).to.include('data: "ada"\n');
      });
    });

    it('subscribes to the stream that a promise resolves to', async () => {
      const route = sse(async () => of('late'));
      await listen(mount(route).listener, async (url) => {
        expect(await (await openStream(url)).ended()).to.include('data: "late"\n');
      });
    });

    it('answers HEAD with the headers alone, and subscribes to nothing', async () => {
      const { listener } = mount(
        sse(() => {
          throw new Error('not for HEAD');
        }),
      );
      await listen(listener, async (url) => {
        const answer = await fetchOver(url, { method: 'HEAD' });
        expect(answer.status).to.equal(200);
        expect(answer.headers.get('content-type')).to.equal('text/event-stream; charset=utf-8');
      });
    });

    it('unsubscribes when the reader disconnects', async () => {
      const left = new Subject<void>();
      const route = sse(interval(1).pipe(finalize(() => left.next())));
      await listen(mount(route).listener, async (url) => {
        const unsubscribed = firstValueFrom(left);
        await readWire(url, /data: 1\n/);
        await unsubscribed;
      });
    });

    it('returns from an async iterable, and aborts the signal, when the reader disconnects', async () => {
      const aborted = deferred<void>();
      const returned = deferred<void>();
      async function* numbers() {
        try {
          for (let n = 0; ; n++) {
            yield n;
            await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          returned.resolve();
        }
      }
      const route = sse(({ signal }) => {
        signal.addEventListener('abort', () => aborted.resolve());
        return numbers();
      });
      await listen(mount(route).listener, async (url) => {
        await readWire(url, /data: 3\n/);
        await Promise.all([aborted.promise, returned.promise]);
      });
    });

    it('never subscribes for a reader that disconnected while its state was awaited', async () => {
      const requested = deferred<void>();
      const answer = deferred<string>();
      let subscribed = 0;
      const route = sse(
        {
          state: (_request: unknown) => {
            requested.resolve();
            return answer.promise;
          },
        },
        () => {
          subscribed++;
          return NEVER;
        },
      );
      const { listener } = mount(route);
      const closed = deferred<void>();
      await listen(
        inFrontOf(listener, (request, response) => {
          response.on('close', () => closed.resolve());
          listener(request, response);
        }),
        async (url) => {
          const leaving = new AbortController();
          const request = fetchOver(url, { signal: leaving.signal }).catch(() => 'left');
          await requested.promise;
          leaving.abort();
          await closed.promise;
          answer.resolve('too late');
          expect(await request).to.equal('left');
          await new Promise((resolve) => setImmediate(resolve));
          expect(subscribed).to.equal(0);
        },
      );
    });

    it('cuts the connection after an error in mid-stream, and sends nothing of the error', async () => {
      const route = sse(
        new Observable((reader) => {
          reader.next(1);
          setImmediate(() => reader.error(new Error('secret')));
        }),
      );
      await listen(mount(route).listener, async (url) => {
        const wire = await openStream(url);
        expect(withoutEpochs(await wire.over())).to.equal('retry: 3000\n\nid: 1.E.1\ndata: 1\n\n');
        await wire.ended().then(
          () => expect.fail('the end was said'),
          () => undefined,
        );
      });
    });

    it('sends what onError returns for an error', async () => {
      const errors: unknown[] = [];
      const failing = new Observable<never>((reader) => {
        setImmediate(() => reader.error('broken'));
      });
      const route = sse(
        {
          events: Events,
          onError: (error: unknown) => {
            errors.push(error);
            return Tick({ n: -1 });
          },
        },
        failing,
      );
      await listen(mount(route).listener, async (url) => {
        expect(withoutEpochs(await (await openStream(url)).ended())).to.equal(
          'retry: 3000\n\nid: 1.E.1\nevent: tick\ndata: {"n":-1}\n\nid: 1.E.1~\nevent: rxsse.end\ndata: null\n\n',
        );
        expect(errors).to.deep.equal(['broken']);
      });
    });

    it('cuts the connection, and calls onError, when the stream emits an event that the contract does not have', async () => {
      const errors: unknown[] = [];
      const inputs = [{ type: 'tick', data: { n: 'secret' } }, { type: 'tock', data: 1 }, 5] as unknown[];
      for (const value of inputs) {
        const stream = new Observable<never>((reader) => {
          setImmediate(() => reader.next(value as never));
        });
        const route = sse(
          {
            events: Events,
            onError: (error: unknown) => {
              errors.push(error);
              return 'cut';
            },
          },
          stream,
        );
        await listen(mount(route).listener, async (url) => {
          expect(await (await openStream(url)).over()).to.equal('retry: 3000\n\n');
        });
      }
      expect(errors).to.have.length(3);
      expect(String(errors[0])).to.include('tick.data.n: expected number, got string').and.not.include('secret');
    });
  });
}

for (const [name, mount] of Object.entries(expressServers)) {
  describe(`sse with parsers and middlewares on ${name}`, () => {
    it('decodes the parameters and the body', async () => {
      const route = sse(
        {
          params: { id: IntFromString },
          body: { question: t.string },
        },
        ({ params, body }) => of(`${params.id} ${body.question}`),
      );
      await listen(mount(route).listener, async (url) => {
        const answer = await fetchOver(`${url}/by/7`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: '{"question":"why"}',
        });
        expect(await answer.text()).to.include('data: "7 why"\n');
      });
    });

    it('errors with the advice to mount a parser when there is no body', async () => {
      const route = sse({ body: { question: t.string } }, NEVER);
      await listen(mount(route).listener, async (url) => {
        // Without a body, Express 4 sets an empty object, and Express 5 sets nothing.
        const answer = await fetchOver(url, { method: 'POST' });
        expect(answer.status).to.equal(422);
        expect(await answer.text()).to.include('body');
      });
    });

    const failures: Record<string, () => ReturnType<typeof sse>> = {
      'thrown by the handler': () =>
        sse(() => {
          throw new Error('early');
        }),
      'of the promise of the handler': () => sse(() => Promise.reject(new Error('early'))),
      'emitted while subscribing': () => sse(throwError(() => new Error('early'))),
      'thrown by state': () =>
        sse(
          {
            state: (_request: unknown) => {
              throw new Error('early');
            },
          },
          EMPTY,
        ),
      'of the promise of state': () => sse({ state: (_request: unknown) => Promise.reject(new Error('early')) }, EMPTY),
    };

    for (const [what, make] of Object.entries(failures)) {
      it(`calls next with the error ${what}`, async () => {
        const { listener, errors } = mount(make());
        await listen(listener, async (url) => {
          const answer = await fetchOver(url);
          expect(answer.status).to.equal(503);
          expect(await answer.text()).to.equal('from next');
          expect(errors.map(String)).to.deep.equal(['Error: early']);
        });
      });
    }
  });
}

for (const [name, mount] of Object.entries(bareServers)) {
  describe(`sse on ${name}, without next`, () => {
    it('answers an error before the first byte with its status, and sends nothing else of it', async () => {
      const refused = Object.assign(new Error('secret'), { status: 403 });
      await listen(mount(sse(throwError(() => refused))).listener, async (url) => {
        const answer = await fetchOver(url);
        expect(answer.status).to.equal(403);
        expect(await answer.text()).not.to.include('secret');
      });
    });

    it('answers 500 when the error has no valid status', async () => {
      for (const status of [undefined, 200, 600, 4.5, '404']) {
        const refused = Object.assign(new Error('secret'), { status });
        await listen(mount(sse(throwError(() => refused))).listener, async (url) => {
          const answer = await fetchOver(url);
          expect(answer.status).to.equal(500);
          expect(await answer.text()).not.to.include('secret');
        });
      }
    });
  });
}

describe('sse', () => {
  it('throws for a value that is not a stream and for an option out of range', () => {
    expect(() => sse(5 as never)).to.throw(TypeError, /expected an Observable.* got number/);
    expect(() => sse({ heartbeat: 0 }, NEVER)).to.throw(RangeError, /heartbeat must be above 0/);
    expect(() => sse({ heartbeat: Number.NaN }, NEVER)).to.throw(RangeError);
    expect(() => sse({ retry: -1 }, NEVER)).to.throw(RangeError, /retry/);
    expect(() => sse({ retry: 2 ** 31 }, NEVER)).to.throw(RangeError);
  });
});
