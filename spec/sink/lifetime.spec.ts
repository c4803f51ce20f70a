import { expect } from 'chai';
import * as t from 'io-ts';
import { asyncScheduler, EMPTY, NEVER, throwError, timer } from 'rxjs';
import { events, feed, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/index.ts';
import { received } from '../feed/received.ts';

const Ticks = events({ Tick: t.number });

describe('the life of a connection', () => {
  it(
    'ends at its maxAge, up to a random tenth sooner, also while its stream is silent',
    marbles(({ reader, flush }) => {
      const readers = Array.from({ length: 20 }, () => reader(sse({ maxAge: 1000, heartbeat: Infinity }, NEVER)));
      flush();
      for (const { endedAt: ended } of readers) expect(ended).to.be.within(900, 1000);
      expect(new Set(readers.map(({ endedAt: ended }) => ended)).size).to.be.above(5);
      // No end is sent, so that the readers reconnect.
      expect(readers.flatMap((each) => received(each))).to.deep.equal([]);
    }),
  );

  it(
    "ends when the reader's permission has expired, and the reader resumes at its position",
    marbles(({ hot, reader, flush }) => {
      const shared = feed(Ticks, { source: hot('10ms a 99ms b', { a: Ticks.Tick(1), b: Ticks.Tick(2) }) });
      const route = sse({ expiresAt: () => new Date(asyncScheduler.now() + 50) }, shared);
      const first = reader(route);
      flush();
      expect(first.endedAt).to.equal(50);
      expect(received(first)).to.deep.equal(['position', '1']);
      const second = reader(route, { lastEventId: first.lastEventId });
      flush();
      expect(received(second)).to.deep.equal(['position', '2']);
      shared.close();
    }),
  );

  it(
    'is cut when the socket accepts no bytes for the stall timeout, and not before',
    marbles(({ reader, flush }) => {
      const route = sse({ stallTimeout: 100, heartbeat: Infinity }, timer(10, 10));
      const stalled = reader(route, { socket: '15ms F' });
      const slow = reader(route, { socket: '15ms F 90ms D 200ms X' });
      flush();
      // The socket is found full when the event of 20 is written.
      expect(stalled.cutAt).to.equal(120);
      expect(stalled.listeners).to.equal(0);
      expect(slow.cutAt).to.equal(undefined);
      expect(slow.overrun).to.equal(0);
    }),
  );

  it(
    'is cut after the end as well, when the socket does not accept the end',
    marbles(({ hot, reader, flush }) => {
      const route = sse({ stallTimeout: 100 }, hot('10ms a 9ms |'));
      const r = reader(route, { socket: '10ms F' });
      flush();
      expect(r.cutAt).to.equal(110);
    }),
  );

  it(
    'calls the hooks, which can throw',
    marbles(({ hot, reader, flush, reportedErrors }) => {
      const errors = reportedErrors();
      const reported: unknown[] = [];
      const hooks = (name: string) => ({
        state: (_request: unknown) => name,
        onOpen: (context: { readonly state: string }) => {
          reported.push(`${context.state} opens`);
          throw new Error('contained');
        },
        onClose: (reason: string, { duration, bytes }: { duration: number; bytes: number }, _context: unknown) => {
          reported.push(`${name} ${reason} after ${duration}, ${bytes > 0}`);
          throw new Error('contained');
        },
      });
      reader(sse(hooks('empty'), EMPTY));
      reader(sse(hooks('left'), NEVER), { socket: '30ms X' });
      reader(sse(hooks('failed'), hot('10ms #')));
      reader(
        sse(
          hooks('never started'),
          throwError(() => 'early'),
        ),
      );
      flush();
      expect(reported).to.have.members([
        'empty opens',
        'empty completed after 0, true',
        'left opens',
        'failed opens',
        'failed failed after 10, true',
        'left disconnected after 30, true',
      ]);
      expect(errors.map(({ where }) => where).sort()).to.deep.equal([
        ...Array.from({ length: 3 }, () => 'onClose of sse GET /'),
        ...Array.from({ length: 3 }, () => 'onOpen of sse GET /'),
        'sse GET /',
      ]);
    }),
  );

  it('throws for an option out of range when the route is created', () => {
    expect(() => sse({ stallTimeout: 0 }, NEVER)).to.throw(RangeError, 'stallTimeout');
    expect(() => sse({ maxAge: 0 }, NEVER)).to.throw(RangeError, 'maxAge');
    expect(() => sse({ queue: { maxBytes: 0 } }, NEVER)).to.throw(RangeError, 'queue.maxBytes');
    expect(() => sse({ queue: { maxEvents: 0 } }, NEVER)).to.throw(RangeError, 'queue.maxEvents');
  });
});
