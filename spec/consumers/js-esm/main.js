import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import * as t from 'io-ts';
import { interval, lastValueFrom, map, take, toArray } from 'rxjs';
import { events, sse } from 'rxsse';
import { fromSse } from 'rxsse/client';
import { contract } from 'rxsse/contract';
import { sse as onFetch } from 'rxsse/fetch';
import { marbles } from 'rxsse/testing';
import { comment, encodeFrame } from 'rxsse/wire';

const Market = events({ Price: { symbol: t.string, cents: t.number } });
assert.throws(() => Market.Price({ symbol: 'ABC', cents: '5' }), TypeError);

const routes = {
  '/count': sse(interval(5).pipe(take(3))),
  '/market': sse(
    { events: Market },
    interval(5).pipe(
      take(2),
      map((cents) => Market.Price({ symbol: 'ABC', cents })),
    ),
  ),
};

const server = createServer((request, response) => routes[request.url](request, response));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const read = async (path) => (await fetch(`http://127.0.0.1:${server.address().port}${path}`)).text();

const count = await read('/count');
assert.deepEqual(count.match(/^data: \d$/gm), ['data: 0', 'data: 1', 'data: 2']);
assert.match(count, /^event: rxsse\.end$/m);
assert.deepEqual((await read('/market')).match(/^event: price$/gm), ['event: price', 'event: price']);

const followed = await lastValueFrom(
  fromSse(`http://127.0.0.1:${server.address().port}/market`, Market).pipe(toArray()),
);
assert.deepEqual(
  followed.map((price) => price.data.cents),
  [0, 1],
);

const answer = await onFetch(interval(5).pipe(take(2)))(new Request('http://here/'));
assert.deepEqual((await answer.text()).match(/^data: \d$/gm), ['data: 0', 'data: 1']);

const page = await contract({ '/market': routes['/market'] })(new Request('http://here/'));
assert.match(await page.text(), /<h1>Streams<\/h1>/);

assert.match(encodeFrame(comment('still here')), /^: ?still here\n\n$/);

await marbles(({ hot, expectObservable }) => {
  expectObservable(hot('-a-|')).toBe('-a-|');
})();

server.close();
