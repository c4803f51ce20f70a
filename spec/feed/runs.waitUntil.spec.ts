import { expect } from 'chai';
import { asyncScheduler, NEVER, type Observable, switchMap, throwError, timer } from 'rxjs';
import { StorageError } from '../../lib/error/StorageError.ts';
import { sse, stop } from '../../lib/index.ts';
import { asyncMarbles } from '../../lib/testing/asyncMarbles.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { twoProcesses } from './sharedStorage.ts';

/** A host that is passed promises, and what it was passed with. */
function host() {
  const passed: { readonly promise: Promise<void>; readonly url: unknown }[] = [];
  const waitUntil = (
    promise: Promise<void>,
    { request }: { readonly request: { readonly url?: string | undefined } },
  ) => void passed.push({ promise, url: request.url });
  /** Whether each promise has resolved. */
  const over = () =>
    Promise.all(
      passed.map(({ promise }) => Promise.race([promise.then(() => true), new Promise((r) => setImmediate(r, false))])),
    );
  return { passed, waitUntil, over };
}

type Play = Parameters<typeof marbles>[0];

/** Plays a run, at whose end the promises have to be over or not. */
function plays(title: string, expected: readonly boolean[], play: (made: ReturnType<typeof host>) => Play): void {
  it(title, async () => {
    const made = host();
    marbles(play(made), { until: '40s' })();
    expect(await made.over()).to.deep.equal(expected);
  });
}

describe('waitUntil of a stream of one request', () => {
  plays(
    'gets a promise for each stream that starts, which resolves at its end',
    [true, false],
    ({ passed, waitUntil }) => {
      return ({ cold, reader, flush }) => {
        let n = 0;
        const streams: readonly Observable<unknown>[] = [cold('10ms (a|)'), NEVER];
        const route = sse({ resume: { waitUntil, linger: Infinity } }, () => streams[n++] ?? NEVER);
        const first = reader(route, { url: '/one' });
        timer(5).subscribe(() => reader(route, { lastEventId: first.lastEventId }));
        reader(route, { url: '/two', at: '20ms', socket: '30ms X' });
        flush();
        expect(passed.map(({ url }) => url)).to.deep.equal(['/one', '/two']);
      };
    },
  );

  plays(
    'whose promise resolves when it fails, is stopped, or was unsubscribed from after its linger',
    [true, true, true],
    ({ passed, waitUntil }) => {
      return ({ cold, reader, flush, reportedErrors }) => {
        reportedErrors();
        const failing = sse({ resume: { waitUntil } }, () => cold('10ms #'));
        const lingering = sse({ resume: { waitUntil, linger: 100 } }, () => NEVER);
        reader(failing);
        const stopped = reader(lingering);
        reader(lingering, { socket: '20ms X' });
        timer(5).subscribe(() => reader(stop(lingering), { method: 'DELETE', lastEventId: stopped.lastEventId }));
        flush();
        expect(passed).to.have.length(3);
      };
    },
  );

  plays(
    'resolves for a request that is refused, and is not called where no stream starts',
    [true],
    ({ passed, waitUntil }) => {
      return ({ reader, flush }) => {
        const refused = reader(sse({ resume: { waitUntil } }, () => throwError(() => new Error('no model'))));
        reader(
          sse({ resume: { waitUntil } }, () => {
            throw new Error('no stream');
          }),
        );
        reader(
          sse({ resume: { waitUntil, gapPolicy: 'end' } }, () => NEVER),
          { lastEventId: '1.AAAAAAAAAAAAAAAA.5' },
        );
        flush();
        expect(refused.status).to.equal(500);
        expect(passed).to.have.length(1);
      };
    },
  );

  it(
    'is called in vain: what it throws is reported, and the stream continues',
    marbles(
      ({ cold, reader, flush, reportedErrors }) => {
        const reported = reportedErrors();
        const waitUntil = (): void => {
          throw new Error('outside of a request');
        };
        const one = reader(sse({ resume: { waitUntil } }, () => cold('10ms (a|)')));
        flush();
        expect(one.text).to.include('rxsse.end');
        expect(reported.map(({ where }) => where)).to.deep.equal(['resume.waitUntil of sse GET /']);
      },
      { until: '40s' },
    ),
  );

  it(
    'waits for the end that is stored in the log that processes share',
    asyncMarbles(async ({ cold, reader, flush }) => {
      const resolved: number[] = [];
      const waitUntil = (promise: Promise<void>): void => void promise.then(() => resolved.push(asyncScheduler.now()));
      const { one, two } = twoProcesses(() => cold('10ms (a|)'), {}, { waitUntil });
      one.process.over = (log) => ({ end: (how, fence) => timer(200).pipe(switchMap(() => log.end(how, fence))) });
      const first = reader(one.route, { socket: '20ms X' });
      timer(30).subscribe(() => reader(two.route, { lastEventId: first.lastEventId }));
      await flush();
      expect(resolved).to.have.length(1);
      expect(resolved[0]).to.be.within(213, 220);
    }),
  );

  plays('resolves where the log of the stream cannot be stored', [true], ({ waitUntil }) => {
    return ({ cold, reader, flush, reportedErrors }) => {
      reportedErrors();
      const { one } = twoProcesses(() => cold('10ms (a|)'), {}, { waitUntil });
      one.process.over = () => ({ append: () => throwError(() => new StorageError('append', 'no')) });
      const refused = reader(one.route);
      flush();
      expect(refused.status).to.equal(200);
      expect(refused.headers).to.include({ 'rxsse-resume': 'refused' });
    };
  });
});
