import { expect } from 'chai';
import { type Observable, throwError, timer } from 'rxjs';
import { StorageError } from '../../lib/error/StorageError.ts';
import type { SseContext, SseRequest } from '../../lib/index.ts';
import { stop } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from './received.ts';
import { type SharedStorage, twoProcesses } from './sharedStorage.ts';

const byUser = ({ request }: SseContext<{ request: SseRequest }>): unknown => request.headers['x-user'];
const as = (user: string) => ({ headers: { 'x-user': user } });

function endsIn(storage: SharedStorage): readonly unknown[] {
  const ends: unknown[] = [];
  for (const log of storage.stored.values()) log.read(0, 0).subscribe(({ ended }) => ends.push(ended));
  return ends;
}

describe('stop, for a stream of one request in a log that processes share', () => {
  it(
    'unsubscribes at once at the process of the stream, and its readers everywhere receive the end',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const words = cold('10ms a 19ms b 500ms c');
      const { one, two, storage } = twoProcesses(() => words);
      const first = reader(one.route);
      timer(20).subscribe(() => {
        const elsewhere = reader(two.route, { lastEventId: first.lastEventId });
        timer(30).subscribe(() => {
          const requests = [1, 2].map(() =>
            reader(stop(one.route), { method: 'DELETE', lastEventId: first.lastEventId }),
          );
          timer(10).subscribe(() => {
            expect(requests.map(({ status }) => status)).to.deep.equal([204, 204]);
            expect(received(elsewhere)).to.deep.equal(['position', '"b"', 'end']);
            expect(one.signals[0]?.aborted).to.equal(true);
          });
        });
      });
      flush();
      expect(received(first)).to.deep.equal(['position', '"a"', '"b"', 'end']);
      expectSubscriptions(words.subscriptions).toBe('---^ 46ms !');
      expect(endsIn(storage)).to.deep.equal(['completed']);
      expect([one.process.open, two.process.open]).to.deep.equal([0, 0]);
      expect([one.errors, two.errors]).to.deep.equal([[], []]);
    }),
  );

  for (const [when, source, unsubscribed] of [
    ['by its next event, where it emits', '10ms a 9ms b 9ms c 9ms d 9ms e 9ms f 9ms g', '---^ 50ms !'],
    ['within some 100 ms, where it emits nothing', '10ms a', '---^ 148ms !'],
  ] as const) {
    for (const hasReader of [true, false]) {
      it(
        `at another process reaches the one of the stream ${when}, ${hasReader ? 'with' : 'without'} a reader there`,
        marbles(({ cold, reader, flush, expectSubscriptions }) => {
          const words = cold(source);
          const { one, two, storage } = twoProcesses(() => words);
          const first = reader(one.route, hasReader ? {} : { socket: '20ms X' });
          timer(50).subscribe(() => {
            const request = reader(stop(two.route), { method: 'POST', lastEventId: first.lastEventId });
            timer(10).subscribe(() => expect(request.status).to.equal(204));
            timer(300).subscribe(() => {
              expect(one.signals[0]?.aborted).to.equal(true);
              expect([one.process.open, two.process.open]).to.deep.equal([0, 0]);
            });
          });
          flush();
          if (hasReader) expect(received(first).at(-1)).to.equal('end');
          expectSubscriptions(words.subscriptions).toBe(unsubscribed);
          expect(endsIn(storage)).to.deep.equal(['completed']);
          expect([one.signals.length, two.signals.length]).to.deep.equal([1, 0]);
          expect([one.errors, two.errors]).to.deep.equal([[], []]);
        }),
      );
    }
  }

  it(
    'reaches it from a process that has readers of it',
    marbles(({ cold, reader, flush, expectSubscriptions }) => {
      const words = cold('10ms a');
      const { one, two, storage } = twoProcesses(() => words);
      const first = reader(one.route, { socket: '20ms X' });
      timer(30).subscribe(() => {
        const elsewhere = reader(two.route, { lastEventId: first.lastEventId });
        timer(20).subscribe(() => {
          const request = reader(stop(two.route), { method: 'DELETE', lastEventId: first.lastEventId });
          timer(10).subscribe(() => {
            expect(request.status).to.equal(204);
            expect(received(elsewhere)).to.deep.equal(['position', 'end']);
          });
        });
      });
      flush();
      expectSubscriptions(words.subscriptions).toBe('---^ 147ms !');
      expect(endsIn(storage)).to.deep.equal(['completed']);
      expect([one.process.open, two.process.open]).to.deep.equal([0, 0]);
      expect([one.errors, two.errors]).to.deep.equal([[], []]);
    }),
  );

  it(
    'answers 404 to another owner without a call of the storage, and for a log of which nothing is stored',
    marbles(({ cold, reader, flush }) => {
      const { one, two, storage } = twoProcesses(() => cold('10ms a 99ms (b|)'), {}, { owner: byUser });
      const first = reader(one.route, as('ada'));
      timer(20).subscribe(() => {
        const { lastEventId } = first;
        const requests = ['eve', ''].map((user) =>
          reader(stop(two.route), { method: 'DELETE', ...(user === '' ? {} : as(user)), lastEventId }),
        );
        const here = reader(stop(one.route), { method: 'DELETE', ...as('eve'), lastEventId });
        timer(10).subscribe(() => {
          expect([...requests, here].map(({ status }) => status)).to.deep.equal([404, 404, 404]);
          expect(two.process.calls).to.deep.equal([]);
        });
        timer(200).subscribe(() => {
          expect(received(first)).to.deep.equal(['position', '"a"', '"b"', 'end']);
          storage.stored.clear();
          const lost = reader(stop(two.route), { method: 'DELETE', ...as('ada'), lastEventId });
          timer(10).subscribe(() => {
            expect([lost.status, storage.stored.size]).to.deep.equal([404, 0]);
            expect(two.process.calls).to.deep.equal(['read']);
          });
        });
      });
      flush();
      expect([one.process.open, two.process.open]).to.deep.equal([0, 0]);
    }),
  );

  it(
    'answers 204 for one that has ended as it has, whose end it does not change',
    marbles(({ cold, reader, flush }) => {
      const { one, two, storage } = twoProcesses(() => cold('10ms a 9ms #', undefined, new Error('broken')));
      const first = reader(one.route);
      timer(100).subscribe(() => {
        const request = reader(stop(two.route), { method: 'DELETE', lastEventId: first.lastEventId });
        timer(10).subscribe(() => expect(request.status).to.equal(204));
      });
      flush();
      expect(endsIn(storage)).to.deep.equal(['failed']);
    }),
  );

  it(
    'does not complete one that has failed and whose end is not stored yet',
    marbles(({ cold, reader, flush }) => {
      const { one, storage } = twoProcesses(() => cold('10ms a 9ms #', undefined, new Error('broken')));
      let fails = true;
      one.process.over = (log) => ({
        end: (how, fence): Observable<never> | ReturnType<typeof log.end> =>
          fails ? throwError(() => new StorageError('end the log', 'no')) : log.end(how, fence),
      });
      const first = reader(one.route);
      timer(30).subscribe(() => {
        fails = false;
        const request = reader(stop(one.route), { method: 'DELETE', lastEventId: first.lastEventId });
        timer(10).subscribe(() => expect([request.status, endsIn(storage)]).to.deep.equal([204, ['failed']]));
      });
      flush();
    }),
  );

  it(
    'is answered as by a full server where the end cannot be stored',
    marbles(({ cold, reader, flush, reportedErrors }) => {
      const reported = reportedErrors();
      const { one, two } = twoProcesses(() => cold('10ms a 99ms (b|)'));
      two.process.over = () => ({ end: () => throwError(() => new StorageError('end the log', 'no')) });
      const first = reader(one.route);
      timer(20).subscribe(() => {
        const request = reader(stop(two.route), { method: 'DELETE', lastEventId: first.lastEventId });
        timer(10).subscribe(() => {
          expect([request.status, request.headers['retry-after']]).to.deep.equal([503, '10']);
          expect(reported.map(({ where }) => where)).to.deep.equal(['stop DELETE /']);
        });
      });
      flush();
      expect(received(first)).to.deep.equal(['position', '"a"', '"b"', 'end']);
    }),
  );
});
