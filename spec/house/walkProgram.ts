/**
 * Counts the files of lib that run for one event, by the precise coverage of V8, and prints them as JSON. It has a
 * process of its own, so that no other spec runs meanwhile.
 */
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Session } from 'node:inspector';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as t from 'io-ts';
import { Subject } from 'rxjs';
import { events, feed, sse } from 'rxsse';
import { fromSse } from 'rxsse/client';
import { deferred } from '../support/deferred.ts';

type Handler = ReturnType<typeof sse>;

const lib = new URL('../../lib/', import.meta.url).href;
const root = fileURLToPath(new URL('../../', import.meta.url));

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

/** Returns the files of lib that have run since the last call. */
function filesRun(): readonly string[] {
  const files: string[] = [];
  session.post('Profiler.takePreciseCoverage', (error, coverage) => {
    if (error !== null) throw error;
    for (const { url, functions } of coverage.result) {
      const hasRun = functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0);
      if (hasRun && url.startsWith(lib)) files.push(fileURLToPath(url).slice(root.length));
    }
  });
  return files.sort();
}

const Ticks = events({ Tick: { n: t.number } });
const servers: Server[] = [];

/** Serves a handler and calls back for each text that it writes to a response, before the write. */
async function serve(handler: Handler, onWrite: (text: string) => void): Promise<string> {
  const server = createServer((request, response: ServerResponse) => {
    const write = response.write.bind(response) as (...args: unknown[]) => boolean;
    response.write = (...args: unknown[]) => {
      onWrite(String(args[0] instanceof Uint8Array ? Buffer.from(args[0]) : args[0]));
      return write(...args);
    };
    handler(request, response);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function read(url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { headers }), 'response')) as [IncomingMessage];
  return response.resume();
}

/** Returns the files that run from the start of an action to the first write with a text. */
async function walkToWrite(
  handler: Handler,
  text: string,
  prepare: (url: string) => Promise<unknown>,
  act: (url: string) => unknown,
): Promise<readonly string[]> {
  const found = deferred<readonly string[]>();
  let body = '';
  let isMeasured = false;
  const url = await serve(handler, (written) => {
    if (!isMeasured) return;
    body += written;
    if (body.includes(text)) found.resolve(filesRun());
  });
  await prepare(url);
  await wait(50);
  isMeasured = true;
  filesRun();
  act(url);
  return found.promise;
}

async function publication(): Promise<readonly string[]> {
  const ticks = feed(Ticks);
  const publish = (n: number) => ticks.publish({ type: 'tick', data: { n } });
  const prepare = async (url: string) => {
    await read(url);
    await publish(1);
  };
  return walkToWrite(sse(ticks), '{"n":2}', prepare, () => publish(2));
}

async function plainValue(): Promise<readonly string[]> {
  const subject = new Subject<{ n: number }>();
  const prepare = async (url: string) => {
    await read(url);
    subject.next({ n: 1 });
  };
  return walkToWrite(sse(subject), '{"n":2}', prepare, () => subject.next({ n: 2 }));
}

async function resumption(): Promise<readonly string[]> {
  const ticks = feed(Ticks);
  const cursor = await ticks.publish({ type: 'tick', data: { n: 1 } });
  await ticks.publish({ type: 'tick', data: { n: 2 } });
  const act = (url: string) => read(url, { 'last-event-id': cursor });
  return walkToWrite(sse(ticks), '{"n":2}', async () => undefined, act);
}

async function reception(): Promise<readonly string[]> {
  const bytes = new TransformStream<Uint8Array, Uint8Array>();
  const writer = bytes.writable.getWriter();
  const send = (text: string) => writer.write(new TextEncoder().encode(text));
  const response = new Response(bytes.readable, { headers: { 'content-type': 'text/event-stream' } });
  const first = deferred<void>();
  const found = deferred<readonly string[]>();
  const stream = fromSse('http://localhost/', Ticks, { fetch: async () => response });
  const subscription = stream.subscribe((event) => {
    if (event.type !== 'tick') return;
    if (event.data.n === 1) first.resolve();
    else found.resolve(filesRun());
  });
  void send('event: tick\ndata: {"n":1}\n\n');
  await first.promise;
  await wait(50);
  filesRun();
  void send('event: tick\ndata: {"n":2}\nid: 2\n\n');
  const files = await found.promise;
  subscription.unsubscribe();
  return files;
}

const walks = {
  publication: await publication(),
  plainValue: await plainValue(),
  resumption: await resumption(),
  reception: await reception(),
};
console.log(JSON.stringify(walks));
process.exit();
