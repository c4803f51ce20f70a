import { expect } from 'chai';
import * as t from 'io-ts';
import { EMPTY, finalize, NEVER, type Observable, timer } from 'rxjs';
import {
  type CloseReason,
  DecodeError,
  events,
  feed,
  metricsOf,
  type SseContext,
  type SseRequest,
  shutdown,
  sse,
  stop,
} from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from './received.ts';

const Words = events({ Word: t.string });
const byUser = ({ request }: SseContext<{ request: SseRequest }>): unknown => request.headers['x-user'];
const as = (user: string) => ({ headers: { 'x-user': user } });

/** A route, how often its streams were unsubscribed from, their signals, and why its connections were closed. */
function stoppable(stream: () => Observable<unknown>, resume: object = {}, options: object = {}) {
  const signals: AbortSignal[] = [];
  const closed: CloseReason[] = [];
  const teardowns: number[] = [];
  const onClose = (reason: CloseReason): void => void closed.push(reason);
  const route = sse({ resume: { linger: 1000, ...resume }, onClose, ...options }, ({ signal }) => {
    signals.push(signal);
    return stream().pipe(finalize(() => teardowns.push(Date.now())));
  });
  return { route, signals, closed, teardowns, stopping: stop(route) };
}

describe('stop, for a stream of one request in memory', () => {
  it(
    'unsubscribes in the same turn, aborts the signal, and each reader receives the end',
    marbles(
      ({ cold, reader, flush, expectSubscriptions }) => {
        const words = cold('10ms a 19ms b 19ms c');
        const { route, stopping, signals, closed, teardowns } = stoppable(() => words);
        const one = reader(route);
        timer(15).subscribe(() => {
          const two = reader(route, { lastEventId: one.lastEventId });
          timer(20).subscribe(() => {
            const request = reader(stopping, { method: 'DELETE', lastEventId: one.lastEventId });
            timer(1).subscribe(() => {
              expect([signals[0]?.aborted, teardowns]).to.deep.equal([true, [35]]);
              expect([request.status, request.text, request.listeners]).to.deep.equal([204, '', 0]);
              expect(received(two)).to.deep.equal(['position', '"b"', 'end']);
            });
          });
        });
        flush();
        expect(received(one)).to.deep.equal(['position', '"a"', '"b"', 'end']);
        expect([one.endedAt, closed, teardowns]).to.deep.equal([35, ['completed', 'completed'], [35]]);
        expect(metricsOf(route)).to.deep.include({ connections: 0, opened: 2 });
        expectSubscriptions(words.subscriptions).toBe('^ 34ms !');
      },
      { until: '40s' },
    ),
  );

  it(
    'stops a stream before its first event, also by the query and without a reader; a disconnected reader stops none',
    marbles(
      ({ cold, reader, flush, expectSubscriptions }) => {
        const words = cold('50ms a');
        const { route, stopping, signals } = stoppable(() => words);
        const first = reader(route, { socket: '10ms X' });
        timer(20).subscribe(() => {
          expect(signals[0]?.aborted).to.equal(false);
          const url = `/?lastEventId=${first.lastEventId}`;
          const request = reader(stopping, { method: 'POST', url });
          const late = reader(route, { lastEventId: first.lastEventId });
          timer(1).subscribe(() => {
            expect([request.status, signals[0]?.aborted]).to.deep.equal([204, true]);
            expect(received(late)).to.deep.equal(['position', 'end']);
          });
        });
        flush();
        expectSubscriptions(words.subscriptions).toBe('^ 19ms !');
      },
      { until: '40s' },
    ),
  );

  it(
    'answers 204 again for one that was stopped or has ended, by its end cursor as well, and 404 when it is forgotten',
    marbles(
      ({ cold, reader, flush }) => {
        const { route, stopping, teardowns } = stoppable(() => cold('10ms a'));
        const ended = stoppable(() => EMPTY);
        const one = reader(route);
        const done = reader(ended.route);
        const answers: { readonly status: number | undefined }[] = [];
        const request = (by: typeof stopping, lastEventId: string) =>
          answers.push(reader(by, { method: 'DELETE', lastEventId }));
        timer(20).subscribe(() => {
          const before = one.lastEventId;
          for (const _ of [1, 2]) request(stopping, before);
          request(ended.stopping, done.lastEventId);
          timer(1).subscribe(() => {
            expect(one.lastEventId).to.match(/~$/);
            request(stopping, one.lastEventId);
          });
        });
        timer(500).subscribe(() => request(stopping, one.lastEventId));
        timer(3000).subscribe(() => {
          request(stopping, one.lastEventId);
          request(ended.stopping, done.lastEventId);
        });
        flush();
        expect(answers.map(({ status }) => status)).to.deep.equal([204, 204, 204, 204, 204, 404, 404]);
        expect(teardowns).to.deep.equal([20]);
      },
      { until: '40s' },
    ),
  );

  it(
    'answers 404 to another owner and for text that is no cursor of the route, and stops nothing',
    marbles(
      ({ cold, reader, flush, expectSubscriptions }) => {
        const words = cold('10ms a 29ms (b|)');
        const { route, stopping } = stoppable(() => words, { owner: byUser });
        const other = stoppable(() => NEVER, { owner: byUser });
        const one = reader(route, as('ada'));
        timer(20).subscribe(() => {
          const { lastEventId } = one;
          const requests = [
            reader(stopping, { method: 'DELETE', ...as('eve'), lastEventId }),
            reader(stopping, { method: 'DELETE', lastEventId }),
            reader(other.stopping, { method: 'DELETE', ...as('ada'), lastEventId }),
            reader(stopping, { method: 'DELETE', ...as('ada') }),
            reader(stopping, { method: 'DELETE', ...as('ada'), lastEventId: 'x' }),
            reader(stopping, { method: 'DELETE', ...as('ada'), lastEventId: '1.AAAAAAAAAAAAAAAA.1' }),
          ];
          timer(1).subscribe(() => {
            for (const { status, problem } of requests) {
              expect([status, problem]).to.deep.equal([404, { type: 'about:blank', status: 404, title: 'Not Found' }]);
            }
          });
        });
        flush();
        expect(received(one)).to.deep.equal(['position', '"a"', '"b"', 'end']);
        expectSubscriptions(words.subscriptions).toBe('^ 39ms !');
      },
      { until: '40s' },
    ),
  );

  it(
    'answers another method 405, and a page of an origin that the route does not allow 403',
    marbles(
      ({ reader, flush }) => {
        const { route, stopping, signals } = stoppable(() => NEVER, {}, { allowedOrigins: ['https://shop.example'] });
        const one = reader(route, { socket: '20ms X' });
        timer(10).subscribe(() => {
          const { lastEventId } = one;
          const others = ['GET', 'HEAD', 'PUT'].map((method) => reader(stopping, { method, lastEventId }));
          const from = (origin: string) =>
            reader(stopping, { method: 'DELETE', lastEventId, headers: { origin, host: 'localhost' } });
          const foreign = from('https://evil.example');
          timer(1).subscribe(() => {
            for (const { status, headers } of others) {
              expect([status, headers.allow]).to.deep.equal([405, 'DELETE, POST']);
            }
            expect([foreign.status, signals[0]?.aborted]).to.deep.equal([403, false]);
            const own = from('https://shop.example');
            timer(1).subscribe(() => expect([own.status, signals[0]?.aborted]).to.deep.equal([204, true]));
          });
        });
        flush();
      },
      { until: '40s' },
    ),
  );

  it(
    'decodes the parts of the request that the owner reads, and no others',
    marbles(
      ({ reader, flush }) => {
        const shapes = { query: { q: t.string }, params: { user: t.string } };
        const route = sse({ ...shapes, resume: { owner: ({ params }) => params.user } }, () => NEVER);
        const byQuery = sse({ ...shapes, resume: { owner: ({ query }) => query.q } }, () => NEVER);
        const full = { url: '/?q=why', params: { user: 'ada' } };
        const [one, two] = [reader(route, full), reader(byQuery, full)];
        timer(5).subscribe(() => {
          const stopOne = reader(stop(route), { method: 'DELETE', params: full.params, lastEventId: one.lastEventId });
          const stopTwo = reader(stop(byQuery), {
            method: 'DELETE',
            params: full.params,
            lastEventId: two.lastEventId,
          });
          timer(1).subscribe(() => {
            expect(stopOne.status).to.equal(204);
            expect(stopTwo.error).to.be.instanceOf(DecodeError).and.include({ status: 422 });
            expect(String(stopTwo.error)).to.include('query.q: expected string');
            void shutdown(byQuery, { duration: 0 });
          });
        });
        flush();
      },
      { until: '40s' },
    ),
  );

  it(
    'awaits the state of the route, and passes what state and owner throw to next',
    marbles(
      ({ reader, flush }) => {
        const failure = new Error('no session');
        const { route, stopping, signals } = stoppable(
          () => NEVER,
          {},
          {
            state: ({ headers }: SseRequest) => {
              if (headers['x-user'] === undefined) throw failure;
              return headers['x-user'];
            },
          },
        );
        const one = reader(route, { ...as('ada'), socket: '20ms X' });
        timer(5).subscribe(() => {
          const request = reader(stopping, { method: 'DELETE', lastEventId: one.lastEventId });
          timer(1).subscribe(() => {
            expect([request.error, signals[0]?.aborted]).to.deep.equal([failure, false]);
            reader(stopping, { method: 'DELETE', ...as('ada'), lastEventId: one.lastEventId });
            timer(1).subscribe(() => expect(signals[0]?.aborted).to.equal(true));
          });
        });
        flush();
      },
      { until: '40s' },
    ),
  );

  it(
    'lets the readers that are behind have everything that is stored first',
    marbles(
      ({ cold, reader, flush }) => {
        const { route, stopping } = stoppable(() => cold('(abc)'), { linger: 100 });
        const slow = reader(route, { socket: 'F 49ms D' });
        timer(20).subscribe(() => {
          reader(stopping, { method: 'DELETE', lastEventId: cursorIn(slow.text) });
        });
        flush();
        expect(received(slow)).to.deep.equal(['position', '"a"', '"b"', '"c"', 'end']);
      },
      { until: '40s' },
    ),
  );

  it('is refused at definition for what retains no streams', () => {
    const ticks = feed(Words);
    for (const handler of [
      sse(NEVER),
      sse({ resume: 'own-ids' }, () => NEVER),
      sse({ resume: true }, ticks),
      () => {},
    ]) {
      expect(() => stop(handler as never)).to.throw(
        TypeError,
        'stop: expected the handler of sse({ resume: ... }, fn)',
      );
    }
    ticks.close();
  });
});

const cursorIn = (text: string): string => /^id: (.*)$/m.exec(text)?.[1] ?? '';
