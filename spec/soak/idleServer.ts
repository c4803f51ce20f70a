import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import express from 'express';
import * as t from 'io-ts';
import { NEVER } from 'rxjs';
import { events, feed, filterEvents, sse } from '../../lib/index.ts';
import { held, resources } from './settled.ts';

/**
 * A process that serves idle readers, run by `idle.ts`: `idleServer.ts <kind>`.
 * Says its port; at each line that comes in it says what it holds, as JSON.
 */
const shared = feed(events({ Tick: t.number }));
const stream = sse(NEVER);
const whole = sse(shared);
const view = sse((context) => shared.read(context).pipe(filterEvents(() => true)));
const onExpress = (handler: (request: never, response: ServerResponse) => unknown): RequestListener =>
  express().get('/', handler as never);

/** What one writes by hand: the same head and first block, and the response is kept. */
const kept = new Set<ServerResponse>();
function byHand(_request: unknown, response: ServerResponse): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    'X-Accel-Buffering': 'no',
  });
  response.write('retry: 3000\n\n');
  kept.add(response);
  response.on('close', () => kept.delete(response));
}

const kinds: Readonly<Record<string, RequestListener>> = {
  'bare http': byHand,
  'http, sse(Observable)': (request, response) => stream(request, response),
  'http, sse(feed)': (request, response) => whole(request, response),
  'http, pipeline': (request, response) => view(request, response),
  'bare Express': onExpress(byHand),
  'Express, sse(Observable)': onExpress(stream),
  'Express, sse(feed)': onExpress(whole),
};

const server = createServer(kinds[process.argv[2] ?? '']);
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
// One that started it is gone.
process.stdin.on('end', () => process.exit());
process.stdin.on('data', async () => {
  const found = await held();
  process.stdout.write(`${JSON.stringify({ ...found, timers: resources().Timeout ?? 0 })}\n`);
});
