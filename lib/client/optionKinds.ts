import type { OptionKinds } from '../data/checkOptions.ts';
import type { ReconnectOptions } from './Backoff.ts';
import type { DecodingOptions, FromSseOptions } from './FromSseOptions.ts';

/** The kinds of the options of both clients. */
export const sharedKinds: OptionKinds<DecodingOptions> = {
  unknownEvents: 'string',
  invalidEvents: 'string',
  onError: 'function',
  statusObserver: 'object',
  cursorObserver: 'object',
  backoff: 'object',
  withId: 'boolean',
  textEvents: 'object',
  endMarker: 'string',
  reconnectOn: 'object',
};

/** The kinds of the options of a client that connects by fetch. */
export const fetchKinds: OptionKinds<Omit<FromSseOptions, 'share'>> = {
  ...sharedKinds,
  method: 'string',
  body: '',
  headers: 'object or function',
  credentials: 'string',
  fetch: 'function',
  lastEventId: 'string or function or null',
  retryStatuses: 'function',
  strictEventSource: 'boolean',
  idleTimeout: '',
  idempotent: 'boolean',
  endOfResponse: '',
  commentObserver: 'object',
  pauseWhenHidden: 'boolean',
  maxEventBytes: '',
  maxLineBytes: '',
};

/** The kinds of the options of `fromSse`. */
export const fromSseKinds: OptionKinds<FromSseOptions> = { ...fetchKinds, share: 'object' };

/** The kinds of the options of a client's backoff. */
export const reconnectKinds: OptionKinds<ReconnectOptions> = {
  initialDelay: '',
  maxDelay: '',
  maxAttempts: '',
  resetAfter: '',
  maxElapsed: '',
};
