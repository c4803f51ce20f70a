import { asyncScheduler } from 'rxjs';
import { checkSynchronous } from '../data/callUser.ts';
import { maxTimerDelay } from '../data/check.ts';
import { randomFraction } from '../time/clock.ts';
import { connectionChannels, publishMessage } from './connectionChannels.ts';
import type { Preamble } from './preamble.ts';
import type { CloseReason } from './RouteStats.ts';
import type { Session } from './Session.ts';
import type { ResponseHeaders } from './SseOptions.ts';
import { Timeouts } from './Timeouts.ts';

/** The random part of `maxAge`, so that readers that connected together do not reconnect together. */
const jitter = 0.1;

/**
 * Sends the preamble and what is pending, and starts the timers that end the connection: `maxAge`,
 * `expiresAt` and the timeouts. Does nothing if the response was answered or closed meanwhile.
 */
export function startResponse(session: Session, preamble: Preamble, pendingFrames = ''): void {
  const { connection, route, context } = session;
  if (connection.state !== 'waiting') return;
  let headers: ResponseHeaders;
  try {
    const encoded = session.gzip === undefined ? undefined : { 'Content-Encoding': 'gzip' };
    headers = route.withOwnHeaders(encoded ? { ...preamble.headers, ...encoded } : preamble.headers, context);
    limitAge(session);
  } catch (error) {
    return session.refuse(error);
  }
  session.onOpened();
  const { open } = connectionChannels;
  if (open?.hasSubscribers) publishMessage(open, session, { lastEventId: session.requestedCursor });
  session.notify('onOpen', (onOpen) => onOpen(context));
  if (preamble.gap !== undefined) session.onGap(preamble.gap);
  connection.open(route.settings, headers, preamble.frames + pendingFrames);
  const { timeout } = route.settings;
  if (timeout === undefined || connection.hasEnded) return;
  const isBusy = (): boolean => connection.checkSocket() === 'busy';
  connection.timeouts = new Timeouts(timeout, isBusy, (error) => connection.writer?.fail(error));
  if (connection.events > 0) connection.timeouts.onEvent();
}

/** Ends the connection when it is too old, or when what permitted it has expired. */
function limitAge(session: Session): void {
  const { options, settings } = session.route;
  const expiry = checkSynchronous('sse: expiresAt', options.expiresAt?.(session.context));
  if (expiry !== undefined) endAfter(session, expiry.getTime() - asyncScheduler.now(), 'expired');
  if (settings.maxAge !== Infinity) endAfter(session, settings.maxAge * (1 - jitter * randomFraction()), 'max-age');
}

function endAfter(session: Session, delay: number, reason: CloseReason): void {
  // An invalid Date counts as expired.
  const wait = Math.min(Math.max(delay || 0, 0), maxTimerDelay);
  session.addTeardown(asyncScheduler.schedule(() => session.connection.endEarly(reason), wait));
}

/**
 * Starts the response when the returned function is called or the delay has passed, whichever is first, and not at all
 * if the connection is closed before.
 */
export function delayHead(session: Session, delay: number, start: () => void): () => void {
  const timer = asyncScheduler.schedule(startNow, delay);
  session.addTeardown(timer);
  return startNow;

  function startNow(): void {
    timer.unsubscribe();
    if (session.connection.state === 'waiting') start();
  }
}
