import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import * as t from 'io-ts';
import { NEVER } from 'rxjs';
import { fromSse } from '../../lib/client/index.ts';
import {
  events,
  feed,
  IntFromString,
  isGap,
  oneOrMany,
  receive,
  type SseHandler,
  type SseRequest,
  setErrorReporter,
  sse,
} from '../../lib/index.ts';
import { randomFrom } from '../../lib/testing/randomScript.ts';
import { closing } from '../support/closing.ts';
import { fetchOver } from '../support/http2.ts';
import { listen, overHttp2 } from '../support/listen.ts';
import { mutated } from './fuzz/fuzz.ts';

const Orders = events({ Paid: { order: t.string } });

/** How long an incomplete request is left to itself, in ms. */
const patience = 30;

/** The statuses of a server that was sent malformed requests; any other is a failure of the server. */
const expectedStatuses = new Set([200, 202, 204, 400, 403, 404, 405, 408, 409, 413, 414, 415, 417, 422, 431]);

const bodies = [
  '{"type":"paid","data":{"order":"hostile"}}',
  '[{"type":"paid","data":{"order":"hostile"}},{"type":"paid","data":{"order":"hostile","more":[1]}}]',
];
const paths = [
  '/post',
  '/feed',
  '/feed?lastEventId=1.WXqtiJElw9PvZXQ0.3',
  '/query?message=a&n=5&tag=x&tag=y',
  '/run',
  '/view',
];
const headers = [
  ['Content-Type', 'application/json; charset=utf-8'],
  ['Last-Event-ID', '1.WXqtiJElw9PvZXQ0.3'],
  ['Origin', 'http://127.0.0.1'],
  ['Sec-Fetch-Site', 'same-origin'],
  ['Idempotency-Key', 'key'],
  ['Content-Encoding', 'gzip'],
  ['Rxsse-Client', '1'],
  ['Accept', 'text/event-stream'],
  ['X-User', 'me'],
] as const;
const methods = ['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'];
const words = [
  ...['__proto__', 'constructor', 'toString', '{', '}', '[', ']', '"', '\\u0000', '\\ud800', ',', ':', '1e999', 'null'],
  ...[
    '\r\n',
    '\n',
    '\0',
    '%00',
    '%',
    '&',
    '=',
    '?',
    '[]',
    '~',
    '.',
    'é',
    '\u{feff}',
    'rxsse.end',
    ' ',
    '\t',
    '9'.repeat(20),
  ],
];

/** How many hostile requests a server answered, by status; 0 stands for none. */
type Answers = Readonly<Record<number, number>>;

/**
 * Sends hostile requests to a server of every kind of route, and valid ones among them; throws an error for an answer that
 * is a failure of the server, for an error that it reported, and for a valid event that its reader missed or got again.
 */
export async function runHostileRequests(server: 'http' | 'http2', requests: number, seed: number): Promise<Answers> {
  const random = randomFrom(seed);
  const orders = feed(Orders);
  const reported: string[] = [];
  setErrorReporter((error, where) => void reported.push(`${where}: ${error}`));
  const close = async (): Promise<void> => {
    setErrorReporter(undefined);
    orders.close();
  };
  const listener = listenerOf(orders);
  return closing(close, () =>
    listen(server === 'http2' ? overHttp2(listener) : listener, async (url) => {
      const answers: Record<number, number> = {};
      const received: string[] = [];
      const reading = fromSse(`${url}/feed`, Orders, { fetch: fetchOver as typeof fetch }).subscribe((event) => {
        if (isGap(event)) received.push('a gap');
        else if (event.data.order !== 'hostile' && event.data.order.startsWith('valid'))
          received.push(event.data.order);
      });
      const send = server === 'http2' ? sendOverHttp2 : sendOverHttp;
      for (let n = 0; n < requests; n += 10) {
        const statuses = await Promise.all(Array.from({ length: 10 }, () => send(url, random)));
        for (const status of statuses) {
          answers[status] = (answers[status] ?? 0) + 1;
          if (status !== 0 && !expectedStatuses.has(status)) throw new Error(`a request was answered ${status}`);
        }
        const body = JSON.stringify({ type: 'paid', data: { order: `valid ${n}` } });
        const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
        const { status } = await fetchOver(`${url}/post`, init);
        if (status !== 202) throw new Error(`a valid request was answered ${status}`);
      }
      for (let left = 200; left > 0 && received.length < requests / 10; left--) await wait(10);
      reading.unsubscribe();
      const expected = Array.from({ length: Math.ceil(requests / 10) }, (_, n) => `valid ${n * 10}`);
      if (received.join() !== expected.join()) throw new Error(`the reader got ${received}`);
      if (reported.length > 0) throw new Error(`the server reported ${reported[0]}`);
      return answers;
    }),
  );
}

function listenerOf(orders: ReturnType<typeof feed<typeof Orders>>): RequestListener {
  const query = { message: t.string, n: IntFromString, tag: oneOrMany(t.string) };
  const owner = ({ request }: { readonly request: SseRequest }): unknown => request.headers['x-user'];
  const routes: Readonly<Record<string, SseHandler<SseRequest> | ReturnType<typeof receive>>> = {
    '/post': receive(orders),
    '/feed': sse({ resume: { from: 'oldest' } }, orders),
    '/view': sse((context) => orders.read(context)),
    '/query': sse({ query }, NEVER),
    '/run': sse({ resume: { owner, maxRuns: 20, maxRunsPerOwner: 3, linger: 20 } }, () => NEVER),
  };
  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (route === undefined) response.writeHead(404).end();
    else route(request as never, response);
  };
}

interface RequestParts {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

function randomRequest(random: () => number): RequestParts {
  const oneOf = <T>(list: readonly T[]): T => list[random() % list.length] as T;
  const mutatedText = (text: string): string =>
    random() % 3 > 0 ? text : Buffer.from(mutated([Buffer.from(text)], words, random)).toString('latin1');
  const chosen = headers.filter(() => random() % 3 === 0).map(([name, value]) => [name, mutatedText(value)] as const);
  const path = oneOf(paths);
  if (path === '/post' && random() % 6 > 0) chosen.unshift(['Content-Type', 'application/json']);
  const method = path === '/post' && random() % 3 > 0 ? 'POST' : oneOf(methods);
  return { method, path: `/${mutatedText(path.slice(1))}`, headers: chosen, body: mutatedText(oneOf(bodies)) };
}

/** Sends one request as bytes, some of it malformed and some of it cut; resolves to the status, 0 where none came. */
async function sendOverHttp(url: string, random: () => number): Promise<number> {
  const { method, path, headers: fields, body } = randomRequest(random);
  const line = `${method} ${path} HTTP/1.1`;
  const length = random() % 8 === 0 ? random() % 1e6 : Buffer.byteLength(body, 'latin1');
  const all = [['Host', '127.0.0.1'], ...fields, ...(method === 'GET' ? [] : [['Content-Length', length]])];
  const text = `${line}\r\n${all.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${body}`;
  const bytes = Buffer.from(random() % 8 === 0 ? text.slice(0, random() % text.length) : text, 'latin1');
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: random() % 4 === 0 });
  socket.on('error', () => {});
  let answer = '';
  const answered = new Promise<void>((resolve) => {
    socket.on('close', resolve).on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.includes('\r\n\r\n')) resolve();
    });
  });
  if (random() % 4 === 0) for (const byte of bytes) socket.write(Uint8Array.of(byte));
  else socket.write(bytes);
  const isEnded = random() % 4 === 0;
  if (isEnded) socket.end();
  if (random() % 8 > 0) await Promise.race([answered, wait(patience)]);
  // Node never closes the handle of a socket that is reset while its end is being sent, and the process does not exit.
  if (isEnded || random() % 2 === 0) socket.destroy();
  else socket.resetAndDestroy();
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

/** Sends one request in a session of its own, which may reset the stream at any moment. */
async function sendOverHttp2(url: string, random: () => number): Promise<number> {
  const { method, path, headers: fields, body } = randomRequest(random);
  const session = connectHttp2(url.replace('h2c:', 'http:'), {
    settings: { initialWindowSize: random() % 3 === 0 ? 0 : 65_535 },
  });
  session.on('error', () => {});
  try {
    const visible = path.replaceAll(/[^\x21-\x7e]/g, '');
    const printable = fields.map(
      ([name, value]) => [name.toLowerCase(), value.replaceAll(/[^\x20-\x7e]/g, '')] as const,
    );
    const stream = session.request({ ':method': method, ':path': visible, ...Object.fromEntries(printable) });
    stream.on('error', () => {});
    const answered = once(stream, 'response').then(([head]) => Number(head[':status']));
    if (method === 'POST') stream.write(body);
    if (random() % 4 > 0 && !stream.writableEnded) stream.end();
    if (random() % 4 === 0) stream.close(random() % 14);
    return await Promise.race([answered.catch(() => 0), wait(patience, 0)]);
  } catch {
    // Node itself refuses to send some headers.
    return 0;
  } finally {
    session.destroy();
  }
}
