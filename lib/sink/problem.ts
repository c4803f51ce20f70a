import type { Issue } from '../event/describeFailure.ts';
import type { Connection } from './connection.ts';

const type = 'application/problem+json';

/**
 * Answers a request whose input is not as the route says, naming every path and
 * no value.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457 for the form.
 */
export function refuseInput(connection: Connection, issues: readonly Issue[]): void {
  const errors = issues.map(({ path, expected, got }) => ({ path, expected, got }));
  const detail = errors.map(({ path, expected, got }) => `${path}: expected ${expected}, got ${got}`).join('; ');
  reply(connection, 422, { title: 'Unprocessable Content', detail, errors });
}

/** Answers with the status that an error names, or 500, and no word of the error. */
export function refuseError(connection: Connection, error: unknown): void {
  reply(connection, statusOf(error), {});
}

function reply(connection: Connection, status: number, members: object): void {
  const body = JSON.stringify({ type: 'about:blank', status, ...members });
  connection.reply(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }, body);
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('status' in error)) return 500;
  const { status } = error;
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 600 ? status : 500;
}
