import { Connection } from '../../sink/Connection.ts';
import type { Transport } from '../../sink/Transport.ts';
import { utf8Length } from '../../wire/utf8.ts';

/** A whole response. */
export interface WholeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const guards = { 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' };

/** Returns a response whose body is text of a type such as `application/json`. */
export function wholeResponse(type: string, body: string, headers: WholeResponse['headers'] = {}): WholeResponse {
  const own = { 'Content-Type': `${type}; charset=utf-8`, ...headers };
  return { status: 200, headers: { ...guards, ...own }, body: body.toWellFormed() };
}

/** Returns a response that says in a line how a request was answered. */
export function textResponse(status: number, text: string, headers: WholeResponse['headers'] = {}): WholeResponse {
  return { ...wholeResponse('text/plain', `${text}\n`, { 'Cache-Control': 'no-store', ...headers }), status };
}

/** Answers a request, a HEAD without the body. */
export function sendWhole(transport: Transport, method: string | undefined, response: WholeResponse): void {
  const { status, headers, body } = response;
  const length = String(utf8Length(body));
  new Connection(transport).reply(status, { ...headers, 'Content-Length': length }, method === 'HEAD' ? '' : body);
}
