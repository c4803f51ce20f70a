import { expect } from 'chai';
import { NEVER, throwError, timer } from 'rxjs';
import { FencedError, shutdown } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from './received.ts';
import { twoProcesses } from './sharedStorage.ts';

const failed = '{"reason":"failed"}';

describe('the process of a run in a shared log', () => {
  it(
    'is replaced within the lease when it has ended: all readers receive what is stored, and then the end of a failed stream',
    marbles(
      ({ cold, reader, flush, expectSubscriptions }) => {
        const words = cold('10ms a 9ms b 50s c');
        const { one, two } = twoProcesses(() => words);
        const first = reader(one.route, { socket: '5ms X' });
        timer(15).subscribe(() => {
          const second = reader(two.route, { lastEventId: first.lastEventId });
          timer(15_000).subscribe(() => {
            expect(received(second)).to.deep.equal(['position', '"a"', '"b"', 'end']);
            expect(second.frames.at(-1)?.frame).to.include({ data: failed });
            expect(second.endedAt).to.be.within(10_000, 10_600);
            expect(two.errors).to.deep.equal(['StreamFailedError']);
            // A browser reconnects after the end, and gets the answer after which it does not come again.
            const after = reader(two.route, { lastEventId: second.lastEventId });
            timer(1).subscribe(() => expect(after.status).to.equal(204));
            const late = reader(two.route, { lastEventId: first.lastEventId });
            timer(10).subscribe(() => expect(received(late)).to.deep.equal(['position', '"a"', '"b"', 'end']));
          });
        });
        timer(25).subscribe(() => one.process.die());
        timer(16_000).subscribe(() => one.process.revive());
        flush();
        // It was paused: its stream ends with its claim, and nothing of it is stored after that.
        expectSubscriptions(words.subscriptions).toBe('---^ 8998ms !');
        expect(one.signals.map(({ aborted }) => aborted)).to.deep.equal([true]);
        expect(two.signals).to.deep.equal([]);
        expect([one.process.open, two.process.open]).to.deep.equal([0, 0]);
      },
      { until: '60s' },
    ),
  );

  it(
    'ends the run as failed by itself, and does not subscribe to the stream again, when the storage was gone for longer than the lease',
    marbles(
      ({ cold, reader, flush }) => {
        const words = cold('10ms a 50s c');
        const { one, storage } = twoProcesses(() => words);
        const r = reader(one.route);
        timer(25).subscribe(() => one.process.die());
        timer(30_000).subscribe(() => one.process.revive());
        timer(50_000).subscribe(() => {
          for (const log of storage.stored.values())
            log.read(0, 0).subscribe(({ ended }) => expect(ended).to.equal('failed'));
          r.response.disconnect();
        });
        flush();
        expect(words.subscriptions).to.have.length(1);
      },
      { until: '60s' },
    ),
  );

  it(
    'is replaced at once when its claim was given up: the end is stored when the server shuts down',
    marbles(
      ({ cold, reader, flush, expectSubscriptions }) => {
        const words = cold('10ms a 989ms b 9s c');
        const { one, two } = twoProcesses(() => words);
        const first = reader(one.route);
        const resolved: number[] = [];
        timer(100).subscribe(() => {
          void shutdown(one.route, { duration: 4000 }).then(() => resolved.push(Date.now()));
          const second = reader(two.route, { lastEventId: first.lastEventId });
          timer(5000).subscribe(() => {
            // It continues as long as readers are being disconnected.
            expect(received(second)).to.deep.equal(['position', '"b"', 'end']);
            expect(second.frames.at(-1)?.frame).to.include({ data: failed });
          });
        });
        flush();
        expect(one.errors).to.deep.equal(['StreamFailedError']);
        expectSubscriptions(words.subscriptions).toBe('---^ 4096ms !');
        expect([one.process.open, two.process.open]).to.deep.equal([0, 0]);
      },
      { until: '20s' },
    ),
  );

  it(
    'leaves no timer when its server shuts down and its runs end by themselves meanwhile',
    marbles(
      ({ cold, reader, flush }) => {
        const { one, storage } = twoProcesses(() => cold('10ms a 989ms (b|)'));
        reader(one.route);
        timer(100).subscribe(() => void shutdown(one.route, { duration: 15_000 }));
        flush();
        // No timer of the shutdown is left, which the end of the test would report.
        for (const log of storage.stored.values())
          log.read(0, 0).subscribe(({ ended, tail }) => expect([ended, tail]).to.deep.equal(['completed', 2]));
        expect([one.errors, one.process.open]).to.deep.equal([[], 0]);
      },
      { until: '5s' },
    ),
  );

  for (const [what, operation] of [
    ['is stored', 'append'],
    ['is claimed', 'claim'],
    ['is read', 'read'],
  ] as const) {
    it(
      `answers as a full server does when the storage does not answer before it ${what}, and calls nothing`,
      marbles(
        ({ cold, reader, flush, expectSubscriptions, reportedErrors }) => {
          const reported = reportedErrors();
          const words = cold('a');
          const { one } = twoProcesses(() => words);
          one.process.over = () => ({ [operation]: () => NEVER });
          const r = reader(one.route, { headers: { 'rxsse-client': '1' } });
          flush();
          expect(r.status).to.equal(503);
          expect(r.endedAt).to.equal(10_000);
          expect(String(reported[0]?.error)).to.include('could not start the stream');
          expectSubscriptions(words.subscriptions).toBe([]);
          expect(one.process.open).to.equal(0);
        },
        { until: '60s' },
      ),
    );

    it(
      `answers as a full server does when the storage fails before it ${what}`,
      marbles(
        ({ cold, reader, flush, expectSubscriptions, reportedErrors }) => {
          const reported = reportedErrors();
          const words = cold('a');
          const { one } = twoProcesses(() => words);
          one.process.over = () => ({ [operation]: () => throwError(() => new Error('gone')) });
          const r = reader(one.route, { headers: { 'rxsse-client': '1' } });
          flush();
          expect(r.status).to.equal(operation === 'append' ? 500 : 503);
          expect(r.endedAt).to.be.at.most(10_000);
          if (operation !== 'append') expect(reported).to.have.length(1);
          expectSubscriptions(words.subscriptions).toBe([]);
          expect(one.process.open).to.equal(0);
        },
        { until: '60s' },
      ),
    );
  }

  it(
    'releases the log of a run whose end was refused, because another process has the claim and ends it',
    marbles(
      ({ cold, reader, flush }) => {
        const { one, storage } = twoProcesses(() => cold('10ms (a|)'));
        one.process.over = () => ({
          end: () => {
            // The other process has the claim, and stores the end after that.
            timer(1).subscribe(() => {
              for (const log of storage.stored.values()) log.end('failed');
            });
            return throwError(() => new FencedError(1, 2));
          },
        });
        const first = reader(one.route);
        flush();
        expect(received(first)).to.deep.equal(['position', '"a"', 'end']);
        expect(one.process.open).to.equal(0);
      },
      { until: '60s' },
    ),
  );
});
