const assert = require('node:assert/strict');
const { once } = require('node:events');
const { createServer } = require('node:http');
const t = require('io-ts');
const { interval, lastValueFrom, of, take } = require('rxjs');
const { events, sse } = require('rxsse');
const { fromSse } = require('rxsse/client');
const { contract } = require('rxsse/contract');
const { inspector } = require('rxsse/inspector');
const { marbles } = require('rxsse/testing');
const { encodeFrame, message } = require('rxsse/wire');

const Market = events({ Price: { symbol: t.string, cents: t.number } });
const routes = {
  '/count': sse(interval(5).pipe(take(3))),
  '/market': sse({ events: Market }, of(Market.Price({ symbol: 'ABC', cents: 5 }))),
};
routes['/inspect'] = inspector({ routes: { '/count': routes['/count'] } });

async function main() {
  const server = createServer((request, response) => routes[request.url](request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const read = async (path) => (await fetch(`http://127.0.0.1:${server.address().port}${path}`)).text();

  assert.deepEqual((await read('/count')).match(/^data: \d$/gm), ['data: 0', 'data: 1', 'data: 2']);
  assert.match(await read('/market'), /event: price\ndata: \{"symbol":"ABC","cents":5\}\n\n/);
  const price = await lastValueFrom(fromSse(`http://127.0.0.1:${server.address().port}/market`, Market));
  assert.equal(price.data.cents, 5);
  assert.equal(encodeFrame(message({ data: 'hello' })), 'data: "hello"\n\n');
  const page = await contract({ '/market': routes['/market'] })(new Request('http://here/'));
  assert.match(await page.text(), /<h1>Streams<\/h1>/);
  assert.match(await read('/inspect'), /<div id="app" data-base="inspect\/">.*<script>/s);
  await marbles(({ hot, expectObservable }) => {
    expectObservable(hot('-a-|')).toBe('-a-|');
  })();

  server.close();
}

main();
