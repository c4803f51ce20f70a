import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as t from 'io-ts';
import { interval, lastValueFrom, map, of, take, toArray } from 'rxjs';
import { type EventOf, event, events, type Gap, sse } from 'rxsse';
import { type ChatRequest, chatRoutes, ResumingChatTransport } from 'rxsse/agents';
import { ConnectionError, fromSse } from 'rxsse/client';
import { type ContractRoutes, contract } from 'rxsse/contract';
import { sse as onFetch } from 'rxsse/fetch';
import { type InspectorOptions, inspector, watch } from 'rxsse/inspector';
import { type PostgresPool, postgresLog, postgresSchema } from 'rxsse/postgres';
import { marbles } from 'rxsse/testing';
import { encodeFrame, message } from 'rxsse/wire';

const Closed = event('market.closed');
const Market = events({ Price: { symbol: t.string, cents: t.number }, Closed });
type Market = EventOf<typeof Market>;

const priced: Market = Market.Price({ symbol: 'ABC', cents: 5 });
// @ts-expect-error a price needs its cents
assert.throws(() => Market.Price({ symbol: 'ABC' }), TypeError);

const routes = {
  '/count': sse(interval(5).pipe(take(3))),
  '/market': sse({ events: Market }, of(priced, Closed())),
  '/length': sse({ query: { word: t.string } }, ({ query }) => of(query.word.length)),
};

const server = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  routes[path as keyof typeof routes](request, response);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const read = async (path: string) => (await fetch(url + path)).text();

const count = await read('/count');
assert.deepEqual(count.match(/^data: \d$/gm), ['data: 0', 'data: 1', 'data: 2']);
assert.match(count, /\nevent: rxsse\.end\n(.+\n)*\n$/);
assert.match(await read('/market'), /event: price\ndata: \{"symbol":"ABC","cents":5\}\n\n/);
assert.match(await read('/market'), /event: market\.closed\ndata: null\n\n/);
assert.match(await read('/length?word=three'), /^data: 5$/m);
assert.equal((await fetch(`${url}/length`)).status, 422);

const followed: (Market | Gap)[] = await lastValueFrom(fromSse(`${url}/market`, Market).pipe(toArray()));
assert.deepEqual(followed, [priced, Closed()]);
const failed: unknown = await lastValueFrom(fromSse(`${url}/length`, Market)).catch((error: unknown) => error);
assert.ok(failed instanceof ConnectionError && failed.status === 422);

const answer: Response = await onFetch(interval(5).pipe(take(2)))(new Request('http://here/'));
assert.deepEqual((await answer.text()).match(/^data: \d$/gm), ['data: 0', 'data: 1']);

const chats = chatRoutes({}, ({ messages }: ChatRequest<{ readonly text: string }, Request>) =>
  of({ type: 'text-delta', id: 't', delta: `${messages[0]?.text}, too` }),
);
const transport = new ResumingChatTransport<{ readonly delta: string }>({
  api: 'http://here/api/chat',
  fetch: (url, init) => chats(new Request(url, init)),
});
const chunks = (await transport.sendMessages({ chatId: 'a', messages: [{ text: 'Hello' }] })).getReader();
assert.equal((await chunks.read()).value?.delta, 'Hello, too');
assert.equal((await chunks.read()).done, true);
assert.equal(await transport.reconnectToStream({ chatId: 'a' }), null);

assert.equal(encodeFrame(message({ event: 'greeting', data: 'hello' })), 'event: greeting\ndata: "hello"\n\n');

const described: ContractRoutes = { '/market': routes['/market'] };
const document = await (await contract(described)(new Request('http://here/openapi.json'))).text();
assert.match(document, /"const": "price"/);

const shown: InspectorOptions = { routes: { '/market': routes['/market'] }, payloads: ({ type }) => type };
const inspect = createServer(inspector(shown)).listen(0, '127.0.0.1');
await once(inspect, 'listening');
const inspected = await fetch(`http://127.0.0.1:${(inspect.address() as AddressInfo).port}/inspect`);
assert.match(inspected.headers.get('content-security-policy') ?? '', /script-src 'sha256-/);
inspect.close();
assert.equal(await lastValueFrom(of(1, 2).pipe(watch('numbers'))), 2);

// The app passes its pool: without pg this compiles and runs.
assert.match(postgresSchema, /^create schema if not exists rxsse;$/m);
assert.throws(() => postgresLog({ pool: {} as PostgresPool }), TypeError);

await marbles(({ hot, expectObservable }) => {
  expectObservable(hot('-a-|', { a: 1 }).pipe(map((n) => n + 1))).toBe('-b-|', { b: 2 });
})();

server.close();
