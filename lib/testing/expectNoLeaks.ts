import { checkOptions } from '../data/checkOptions.ts';
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

const leaving = ['X', '-X', '60ms X', '-F 60ms X', '60ms #', '5s X'];

/**
 * Checks that a route releases its readers: when one has disconnected, none of its timers, subscriptions and listeners
 * is left. It is a function, for test runners without chai.
 *
 * Each reader has a run of its own, in virtual time. A source that outlives its readers must complete before `until`,
 * two minutes by default; a source that never completes is reported.
 *
 * A route that opens no stream has nothing to leave behind: the request must be one that it accepts.
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
  const { sockets = leaving, until = '2m', seed = 1, ...request } = options;
  if (typeof route !== 'function') throw new TypeError('expectNoLeaks: expected a route made by sse');
  if (sockets.length === 0) throw new RangeError('expectNoLeaks: sockets must not be empty; pass one script or more');
  const site = siteOf(expectNoLeaks);
  const visitors: TestReader[] = [];
  for (const socket of sockets) {
    const whose = `of a reader with the socket '${socket}'`;
    const run = marbles(
      ({ reader, flush }) => {
        visitors.push(reader(route, { ...request, socket }));
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
    const visitor = visitors.at(-1);
    const refusal = visitor === undefined || visitor.status === 204 ? '' : describeResponse(visitor);
    if (refusal !== '') throw testFailure(`expectNoLeaks: ${whose}: ${refusal}`, site);
    const listeners = visitor?.listeners ?? 0;
    const left = [
      ...open.map((site) => `a subscription is left, made at ${site}`),
      ...(listeners === 0 ? [] : [`${listeners} listeners are left on its response`]),
    ];
    if (left.length > 0) throw testFailure(`expectNoLeaks: ${whose}:\n  ${left.join('\n  ')}`, site);
  }
  if (!visitors.some(({ isStream }) => isStream)) throw testFailure(`expectNoLeaks: ${nothingIn(visitors)}`, site);
}

/** Explains why readers without a stream prove nothing. */
function nothingIn(visitors: readonly TestReader[]): string {
  if (visitors.some(({ status }) => status === 204)) return 'the answer was always 204: there is no stream to test';
  return (
    'no answer came before the readers left: there is no stream to test: ' +
    'give `sockets` that stay longer; a route that waits for a promise needs asyncMarbles'
  );
}

function textOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
