import type { SseRequest } from '../sink/exchange.ts';
import type { ReaderOptions, RouteHandler } from './connectReader.ts';
import type { MarblesOptions } from './marbles.ts';
import { marbles } from './marbles.ts';
import { siteOf, testFailure } from './testFailure.ts';
import { trackSubscriptions } from './trackSubscriptions.ts';

/** Which readers come and go, and how long a route may take to forget them. @category testing */
export interface LeaveNothingBehindOptions extends Omit<ReaderOptions, 'socket' | 'at'>, MarblesOptions {
  /**
   * What happens to the sockets of the readers, one reader a run.
   * @default readers that leave at once, soon and late, with a full socket, and by a broken one
   */
  readonly sockets?: readonly string[];
}

const leaving = ['X', '-X', '60ms X', '-F 60ms X', '60ms #', '5s X'];

/**
 * Checks that a route forgets its readers: when one has left, no timer, no
 * subscription and no listener is left of it. As a function, for runners without chai.
 *
 * Each reader comes in a run of its own, in virtual time. A source that outlives
 * its readers must be over before `until`, here two minutes by default; one that
 * is to stay for ever is left behind, and is told.
 *
 * @example A route over an endless source
 * it('leaves its source', () => {
 *   leaveNothingBehind(sse(interval(1000)));
 * });
 *
 * @throws AssertionError naming what is left, and the line that it came of.
 * @see {@link rxsseChai} for `expect(route).to.leaveNothingBehind()`.
 * @category testing
 */
export function leaveNothingBehind<R extends SseRequest = SseRequest>(
  route: RouteHandler<R>,
  options: LeaveNothingBehindOptions = {},
): void {
  const { sockets = leaving, until = '2m', seed = 1, ...request } = options;
  if (typeof route !== 'function') throw new TypeError('leaveNothingBehind: expected a route, such as sse returns');
  const site = siteOf(leaveNothingBehind);
  for (const socket of sockets) {
    let listeners = 0;
    const visit = marbles(
      ({ reader, flush }) => {
        const visitor = reader(route, { ...request, socket });
        flush();
        ({ listeners } = visitor);
      },
      { until, seed },
    );
    const open = trackSubscriptions(() => {
      try {
        visit();
      } catch (error) {
        throw testFailure(`leaveNothingBehind: of a reader with the socket '${socket}': ${messageOf(error)}`, site);
      }
    });
    const left = [
      ...open.map((place) => `a subscription is left, made at ${place}`),
      ...(listeners === 0 ? [] : [`${listeners} listeners are left on its response`]),
    ];
    if (left.length === 0) continue;
    throw testFailure(`leaveNothingBehind: of a reader with the socket '${socket}':\n  ${left.join('\n  ')}`, site);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
