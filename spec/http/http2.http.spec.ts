import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type Http2ServerResponse,
} from 'node:http2';
import { expect } from 'chai';
import * as t from 'io-ts';
import { finalize, interval, NEVER, Observable, Subject, startWith } from 'rxjs';
import {
  type CloseReason,
  events,
  feed,
  memoryLog,
  type SseHandler,
  type SseRequest,
  shutdown,
  sse,
} from '../../lib/index.ts';
import { deferred } from '../support/deferred.ts';
import { listen, overHttp2 } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { turn } from './slow/watched.ts';

const Texts = events({ Text: t.string });
const page = 'x'.repeat(1000);

/** One stream of a session while it is received. */
function requested(session: ClientHttp2Session, path = '/') {
  const stream = session.request({ ':path': path });
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const failure = new Promise<string>((resolve) => stream.on('error', (error) => resolve(error.message)));
  const closed = new Promise<number | undefined>((resolve) => stream.on('close', () => resolve(stream.rstCode)));
  const until = async (pattern: RegExp): Promise<string> => {
    while (text.search(pattern) === -1) await Promise.race([once(stream, 'data'), closed]);
    return text;
  };
  return { stream, until, failure, closed, text: () => text };
}

/** Connects one session to a server of these routes, by path, while the callback runs. */
function withSession<T>(
  routes: SseHandler<SseRequest> | Readonly<Record<string, SseHandler<SseRequest>>>,
  use: (session: ClientHttp2Session, responses: Http2ServerResponse[]) => Promise<T>,
): Promise<T> {
  const responses: Http2ServerResponse[] = [];
  const listener = overHttp2((request, response) => {
    responses.push(response as unknown as Http2ServerResponse);
    const route = typeof routes === 'function' ? routes : routes[request.url ?? ''];
    route?.(request, response);
  });
  return listen(listener, async (url) => {
    const session = connect(url.replace('h2c:', 'http:'));
    session.on('error', () => {});
    try {
      return await use(session, responses);
    } finally {
      session.destroy();
    }
  });
}

describe('sse on http2', () => {
  it('sends no header that HTTP/2 forbids', async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error) => warnings.push(warning);
    process.on('warning', warn);
    try {
      const route = sse({ query: { n: t.string } }, NEVER);
      await listen(
        overHttp2((request, response) => route(request, response)),
        async (url) => {
          (await openStream(`${url}/?n=1`)).close();
          expect((await openStream(url)).status).to.equal(422);
          expect((await openStream(`${url}/?n=1`, { method: 'HEAD' })).status).to.equal(200);
        },
      );
      await turn();
      expect(warnings.map(String)).to.deep.equal([]);
    } finally {
      process.removeListener('warning', warn);
    }
  });

  it('resets the stream with an error to cut it, so that a cut differs from an end', async () => {
    const source = new Subject<number>();
    await withSession(sse(source), async (session) => {
      const reader = requested(session);
      await reader.until(/retry/);
      source.error(new Error('secret'));
      expect(await reader.failure).to.include('NGHTTP2_INTERNAL_ERROR');
      expect(await reader.closed).to.equal(constants.NGHTTP2_INTERNAL_ERROR);
    });
  });

  const ways: Record<string, (stream: ClientHttp2Stream, session: ClientHttp2Session) => void> = {
    'cancels, as browsers do': (stream) => stream.close(constants.NGHTTP2_CANCEL),
    'resets without an error, as a client of Node does': (stream) => stream.close(constants.NGHTTP2_NO_ERROR),
    'resets with an error': (stream) => stream.close(constants.NGHTTP2_PROTOCOL_ERROR),
    'loses its session': (_, session) => session.destroy(),
  };
  for (const [how, leave] of Object.entries(ways)) {
    for (const [what, stream] of Object.entries<Observable<unknown>>({
      'a silent stream': NEVER,
      'one in mid-write': everyTurn(),
    })) {
      it(`unsubscribes from ${what} when its reader ${how}`, async () => {
        const left = deferred();
        const reason = deferred<CloseReason>();
        const route = sse(
          {
            stallTimeout: Infinity,
            onClose: (why) => reason.resolve(why),
          },
          stream.pipe(finalize(() => left.resolve())),
        );
        await withSession(route, async (session, responses) => {
          const reader = requested(session);
          await reader.until(stream === NEVER ? /retry/ : /data: 2\n/);
          leave(reader.stream, session);
          await left.promise;
          expect(await reason.promise).to.equal('disconnected');
          const [response] = responses;
          while (response?.stream.destroyed === false) await turn();
        });
      });
    }
  }

  it('retains no more than a page for a slow stream, and does not stop the others of its session', async () => {
    const slow = feed(Texts, { log: memoryLog({ maxBytes: 16 * 1024 * 1024, maxEntries: Infinity }) });
    const quick = new Subject<number>();
    const routes = { '/slow': sse({ stallTimeout: Infinity }, slow), '/quick': sse(quick) };
    await withSession(routes, async (session, responses) => {
      const muted = session.request({ ':path': '/slow' });
      await once(muted, 'response');
      const reader = requested(session, '/quick');
      await reader.until(/retry/);
      for (let n = 0; n < 5000; n++) {
        slow.publish(Texts.Text(page));
        if (n % 200 === 0) await turn();
      }
      const { writableLength, writableHighWaterMark } = responses[0]?.stream ?? expect.fail();
      // A page follows what does not fill the stream: 16 KiB in Node 20, 64 KiB since Node 22.
      expect(writableLength).to.be.at.most(writableHighWaterMark + 64 * 1024);

      for (let n = 0; n < 3; n++) {
        quick.next(n);
        await reader.until(new RegExp(`data: ${n}\\n`));
      }
      muted.close(constants.NGHTTP2_CANCEL);
    });
  });

  it('cuts a stream whose reader reads nothing, and continues the others of its session', async () => {
    const closed = deferred<CloseReason>();
    const slow = new Subject<string>();
    const quick = new Subject<number>();
    const routes = {
      '/slow': sse({ stallTimeout: 20, onClose: (reason) => closed.resolve(reason) }, slow),
      '/quick': sse(quick),
    };
    await withSession(routes, async (session) => {
      const muted = session.request({ ':path': '/slow' });
      muted.on('error', () => {});
      await once(muted, 'response');
      const reader = requested(session, '/quick');
      await reader.until(/retry/);
      slow.next(page.repeat(500));
      expect(await closed.promise).to.equal('stalled');
      quick.next(1);
      await reader.until(/data: 1\n/);
      reader.stream.close(constants.NGHTTP2_CANCEL);
    });
  });

  it('delivers a large payload before the end', async () => {
    const route = sse(
      { maxEventBytes: Infinity },
      new Observable<string>((reader) => {
        reader.next(page.repeat(3000));
        reader.complete();
      }),
    );
    await withSession(route, async (session) => {
      const reader = requested(session);
      expect(await reader.closed).to.equal(constants.NGHTTP2_NO_ERROR);
      expect(reader.text().length).to.be.above(3_000_000);
      expect(reader.text()).to.match(/event: rxsse\.end\ndata: null\n\n$/);
    });
  });

  it('ends its streams on shutdown, so that a session that has received GOAWAY closes', async () => {
    const route = sse(interval(1).pipe(startWith(-1)));
    const responses: Http2ServerResponse[] = [];
    const listener = overHttp2((request, response) => {
      responses.push(response as unknown as Http2ServerResponse);
      route(request, response);
    });
    await listen(listener, async (url) => {
      const session = connect(url.replace('h2c:', 'http:'));
      const over = once(session, 'close');
      const readers = [requested(session), requested(session)];
      await Promise.all(readers.map(({ until }) => until(/data: 1\n/)));
      // After the GOAWAY the client opens no new stream, and the open ones may end.
      responses[0]?.stream.session?.close();
      await shutdown(route, { duration: 0 });
      expect(await Promise.all(readers.map(({ closed }) => closed))).to.deep.equal([0, 0]);
      await over;
    });
  });
});

/** Emits a number in each turn, so that there is always a write. */
function everyTurn(): Observable<number> {
  return new Observable((reader) => {
    let n = 0;
    const next = (): void => {
      if (reader.closed) return;
      reader.next(n++);
      setImmediate(next);
    };
    setImmediate(next);
  });
}
