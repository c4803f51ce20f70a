import { checkOptions } from '../data/checkOptions.ts';
import { kindOf } from '../data/kindOf.ts';
import type { SseRequest } from '../sink/SseRequest.ts';
import type { ReaderOptions, RouteHandler } from './connectReader.ts';
import { readerKinds } from './connectReader.ts';
import type { MarblesOptions } from './marbles.ts';
import { marbles } from './marbles.ts';
import { describeResponse, type TestReader } from './TestReader.ts';
import { siteOf, testFailure } from './testFailure.ts';
import { trackSubscriptions } from './trackSubscriptions.ts';

/** The scripts of the readers, and how long a route may take to release them. @category testing */
export interface ExpectNoLeaksOptions extends Omit<ReaderOptions, 'socket' | 'at'>, MarblesOptions {
  /**
   * The scripts of the sockets, one reader for each run; one or more.
   *
   * @default readers that disconnect at once, soon and late, with a full socket, and by a broken one
   */
  readonly sockets?: readonly string[];
}

const defaultSockets = ['X', '-X', '60ms X', '-F 60ms X', '60ms #', '5s X'];

/**
 * Checks that a route releases its readers: when one has disconnected, none of its timers, subscriptions and listeners
 * is left. It is a function, for test runners without chai.
 *
 * Each reader has a run of its own, in virtual time. A source that outlives its readers must complete before `until`,
 * two minutes by default; a source that never completes is reported.
 *
 * A route that opens no stream has nothing to leave behind: the request must be one that it accepts. One that waits for a
 * promise opens none here, since the runs are synchronous: create it with a function that does not wait, or test it by a
 * `reader` in `asyncMarbles`, where a timer that is left is a failure.
 *
 * @example Check a route over an endless source
 * it('unsubscribes from its source', () => {
 *   expectNoLeaks(sse(interval(1000)));
 * });
 *
 * @throws AssertionError naming what is left, and the line that created it; or the response that was not a stream.
 * @throws TypeError at once for a value that is not a route, RangeError for empty `sockets`.
 * @see {@link rxsseChai} for `expect(route).to.expectNoLeaks()`.
 * @category testing
 */
export function expectNoLeaks<R extends SseRequest = SseRequest>(
  route: RouteHandler<R>,
  options: ExpectNoLeaksOptions = {},
): void {
  checkOptions('expectNoLeaks', options, { ...readerKinds, sockets: 'object', until: '', seed: 'number' });
  const { sockets = defaultSockets, until = '2m', seed = 1, ...request } = options;
  if (typeof route !== 'function')
    throw new TypeError(`expectNoLeaks: expected a route, such as sse(stream), got ${kindOf(route)}`);
  if (sockets.length === 0)
    throw new RangeError(
      'expectNoLeaks: sockets must have one script or more, got none; leave it out for the default scripts',
    );
  const site = siteOf(expectNoLeaks);
  const readers: TestReader[] = [];
  for (const socket of sockets) {
    const whose = `of a reader with the socket '${socket}'`;
    const run = marbles(
      ({ reader: connect, flush }) => {
        readers.push(connect(route, { ...request, socket }));
        flush();
      },
      { until, seed },
    );
    const open = trackSubscriptions(() => {
      try {
        run();
      } catch (error) {
        throw testFailure(`expectNoLeaks: ${whose}: ${textOfError(error)}`, site);
      }
    });
    const reader = readers.at(-1);
    const response = reader === undefined || reader.status === 204 ? '' : describeResponse(reader);
    if (response !== '') throw testFailure(`expectNoLeaks: ${whose}: ${response}`, site);
    const listeners = reader?.listeners ?? 0;
    const leaks = [
      ...open.map((site) => `a subscription is left, made at ${site}`),
      ...(listeners === 0 ? [] : [`${listeners} listeners are left on its response`]),
    ];
    if (leaks.length > 0) throw testFailure(`expectNoLeaks: ${whose}:\n  ${leaks.join('\n  ')}`, site);
  }
  if (!readers.some(({ isStream }) => isStream)) throw testFailure(`expectNoLeaks: ${describeNoStream(readers)}`, site);
}

/** Describes the responses of readers of which none received a stream. */
function describeNoStream(readers: readonly TestReader[]): string {
  if (readers.some(({ status }) => status === 204))
    return 'expected a stream of events, got status 204 for every request; send a request without the cursor of an end';
  return 'expected a stream of events, got no response before the readers disconnected; set `sockets` that disconnect later, and where the route waits for a promise, create it in this test with a function that does not, or use a reader in asyncMarbles, where a timer that is left is a failure';
}

function textOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
