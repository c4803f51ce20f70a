import { ConnectionError, type ConnectionFailure } from '../../error/ConnectionError.ts';
import type { ConnectionStatus } from '../ConnectionStatus.ts';
import type { ReceivedMessage } from '../decodeMessage.ts';

/** Says what a tab has received. */
export interface TabPosition {
  /** The id that its next request would send. */
  readonly id: string;
  /** Whether it is nothing after the event with this id: an event without an id of its own does not move the position. */
  readonly isExact: boolean;
}

/** Carries an entry of the stream, or the status of the leader, to the other tabs, with its position after the entry. */
export interface LeaderMessage extends TabPosition {
  /** The leader that sends it: a later one has a higher number. */
  readonly term: number;
  /** The number of entries that this leader has sent, including this one. */
  readonly count: number;
  /** A message of the server; it is an entry. */
  readonly message?: ReceivedMessage;
  /** Why an event of the server was skipped; it is an entry. */
  readonly skipped?: string;
  readonly status?: RelayedStatus;
}

/** Requests the position of the leader, and says whether the leader ends its wait for the next connection. */
export interface TabQuestion {
  readonly wakes: boolean;
}

type HeaderList = readonly (readonly [string, string])[];

/** A status without the objects that a structured clone loses. `number` is that of the leader's statuses. */
export type RelayedStatus = { readonly number: number } & (
  | Extract<ConnectionStatus, { readonly state: 'connecting' }>
  | { readonly state: 'open'; readonly resume: string | undefined; readonly headers: HeaderList | undefined }
  | (Pick<Extract<ConnectionStatus, { readonly state: 'retrying' }>, 'state' | 'attempt' | 'delay' | 'at'> & {
      readonly error: {
        readonly reason: ConnectionFailure;
        readonly message: string;
        readonly status: number | undefined;
        readonly retryAfter: number | undefined;
        readonly headers: HeaderList | undefined;
        readonly problem: unknown;
      };
    })
);

/** Returns true if a message has an entry of the stream. */
export function hasEntry({ message, skipped }: LeaderMessage): boolean {
  return message !== undefined || skipped !== undefined;
}

/** Returns a status as it can be sent to other tabs. */
export function relayedStatus(
  status: Exclude<ConnectionStatus, { readonly state: 'paused' | 'ended' }>,
  number: number,
): RelayedStatus {
  if (status.state === 'open') return { ...status, headers: headerList(status.headers), number };
  if (status.state === 'connecting') return { ...status, number };
  const { reason, message, status: code, retryAfter, headers, problem } = status.error;
  return {
    ...status,
    error: { reason, message, status: code, retryAfter, headers: headerList(headers), problem },
    number,
  };
}

/** Returns the status that a leader has sent. */
export function receivedStatus({ number: _, ...status }: RelayedStatus): ConnectionStatus {
  if (status.state === 'open') return { ...status, headers: headersFrom(status.headers) };
  if (status.state === 'connecting') return status;
  const { reason, message, headers, ...facts } = status.error;
  return { ...status, error: new ConnectionError(reason, message, { ...facts, headers: headersFrom(headers) }) };
}

function headerList(headers: Headers | undefined): HeaderList | undefined {
  return headers && [...headers];
}

function headersFrom(list: HeaderList | undefined): Headers | undefined {
  return list && new Headers(list.map(([name, value]) => [name, value]));
}
