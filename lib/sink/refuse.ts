import { type Issue, linesOf } from '../codec/describeFailure.ts';
import { randomFraction } from '../time/clock.ts';
import type { Connection } from './Connection.ts';

const type = 'application/problem+json';

const titles = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
} as const;

/** More would let a small request make a large answer. */
const mostErrors = 100;

/** Why a request is not taken. */
export interface Refusal {
  readonly status: keyof typeof titles;
  readonly issues: readonly Issue[];
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Answers a request that is not as the route says, naming every path and no
 * value: of many the first hundred, and how many there are.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457 for the form.
 */
export function refuse(connection: Connection, { status, issues, headers }: Refusal): void {
  const errors = issues.slice(0, mostErrors).map(({ path, expected, got }) => ({ path, expected, got }));
  const told = issues.length === 0 ? {} : { detail: linesOf(issues).join('; '), errors };
  reply(connection, status, { title: titles[status], ...told }, headers);
}

/** {@link refuse} for parts that do not decode. */
export function refuseInput(connection: Connection, issues: readonly Issue[]): void {
  refuse(connection, { status: 422, issues });
}

/** Answers with the status that an error names, or 500, and no word of the error. */
export function refuseError(connection: Connection, error: unknown): void {
  reply(connection, statusOf(error), {});
}

/** Answers for a server that takes no more now, to a client that is no EventSource; not all are to come back together. */
export function refuseForNow(connection: Connection): void {
  const seconds = Math.ceil(5 * (1 + randomFraction()));
  reply(connection, 503, { title: 'Service Unavailable' }, { 'Retry-After': String(seconds) });
}

function reply(connection: Connection, status: number, members: object, headers: Refusal['headers'] = {}): void {
  const body = JSON.stringify({ type: 'about:blank', status, ...members });
  connection.reply(status, { 'Content-Type': type, 'Cache-Control': 'no-store', ...headers }, body);
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('status' in error)) return 500;
  const { status } = error;
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 600 ? status : 500;
}
