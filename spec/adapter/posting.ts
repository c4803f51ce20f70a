import * as t from 'io-ts';
import { receive } from '../../lib/adapter/node/receive.ts';
import { DateFromISOString, type EventLog, event, events, feed, memoryLog, withDefault } from '../../lib/index.ts';
import type { ReaderOptions } from '../../lib/testing/connectReader.ts';
import type { MarbleHelpers } from '../../lib/testing/marbles.ts';
import type { TestReader } from '../../lib/testing/TestReader.ts';

export const Orders = events({
  OrderPaid: { order: t.string, total: t.number, paid_at: withDefault(DateFromISOString, () => new Date(0)) },
  Closed: event('closed'),
});

/** An event as a client sends it. */
export const paid = (order: unknown) => ({ type: 'order_paid', data: { order, total: 5 } });

/** Returns the entries of a log in the wire format, with a fixed epoch. */
export function remembered(log: EventLog): string {
  let text = '';
  log.read(0, Infinity).subscribe(({ bytes }) => {
    text = new TextDecoder().decode(bytes);
  });
  return text.replaceAll(/1\.[\w-]{16}\./g, '1.E.');
}

/** Returns a feed of orders, a `receive` handler for it, and the entries of its log. */
export function shop(options?: Parameters<typeof receive>[1]) {
  const log = memoryLog();
  const orders = feed(Orders, { log });
  return { orders, handler: receive(orders, options), remembered: () => remembered(log) };
}

/** Posts a body that a parser has read into `request.body`, and returns the response. */
export function post(
  { reader, flush }: MarbleHelpers,
  handler: ReturnType<typeof receive>,
  body: unknown,
  options: ReaderOptions = {},
): TestReader {
  const answer = reader(handler, { method: 'POST', body, ...options });
  flush();
  return answer;
}

interface Problem {
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly expected: string; readonly got: string }[];
}

export const problemOf = (answer: TestReader) => answer.problem as Problem;

/** Returns the errors of a problem, one line each. */
export const linesOf = (answer: TestReader) =>
  problemOf(answer).errors?.map(({ path, expected, got }) => `${path}: expected ${expected}, got ${got}`);
