import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import express from 'express';
import * as t from 'io-ts';
import { NEVER } from 'rxjs';
import { events, feed, filterEvents, sse } from '../../lib/index.ts';
import { held, resources } from './settled.ts';

/**
 * A process that serves idle readers, run by `idle.ts`: `idleServer.ts <kind>`.
 * Prints its port, and for each input line its memory as JSON.
 */
const shared = feed(events({ Tick: t.number }));
const stream = sse(NEVER);
const whole = sse(shared);
const view = sse((context) => shared.read(context).pipe(filterEvents(() => true)));
const onExpress = (handler: (request: never, response: ServerResponse) => unknown): RequestListener =>
  express().get('/', handler as never);

/** The responses of the server without the library, which sends the same head and first block. */
const responses = new Set<ServerResponse>();
function bare(_request: unknown, response: ServerResponse): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    'X-Accel-Buffering': 'no',
  });
  response.write('retry: 3000\n\n');
  responses.add(response);
  response.on('close', () => responses.delete(response));
}

const kinds: Readonly<Record<string, RequestListener>> = {
  'bare http': bare,
  'http, sse(Observable)': (request, response) => stream(request, response),
  'http, sse(feed)': (request, response) => whole(request, response),
  'http, pipeline': (request, response) => view(request, response),
  'bare Express': onExpress(bare),
  'Express, sse(Observable)': onExpress(stream),
  'Express, sse(feed)': onExpress(whole),
};

const server = createServer(kinds[process.argv[2] ?? '']);
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
// The process that started this one has exited.
process.stdin.on('end', () => process.exit());
process.stdin.on('data', async () => {
  const found = await held();
  process.stdout.write(`${JSON.stringify({ ...found, timers: resources().Timeout ?? 0 })}\n`);
});
