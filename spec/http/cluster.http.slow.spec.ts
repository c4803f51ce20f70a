import { expect } from 'chai';
import { EventSource } from 'eventsource';
import { fromSse } from 'rxsse/client';
import { Board } from '../../examples/cluster/events.ts';
import { type ExampleServer, exampleServer } from '../support/exampleServer.ts';
import { freePort, withNginx } from '../support/nginx.ts';
import { type RedisServer, startRedis } from '../support/redis.ts';
import { requires } from '../support/requires.ts';

/** The events that one reader has received. */
interface Reader {
  readonly texts: string[];
  readonly servers: Set<string>;
  readonly gaps: unknown[];
  close(): void;
}

const newReader = (): Omit<Reader, 'close'> => ({ texts: [], servers: new Set(), gaps: [] });

/** Reads as a program with the npm package eventsource does. */
function foreignReader(url: string): Reader {
  const reader = newReader();
  const source = new EventSource(`${url}/posts`);
  source.addEventListener('posted', ({ data }) => reader.texts.push(JSON.parse(data).text));
  source.addEventListener('connected', ({ data }) => reader.servers.add(JSON.parse(data).server));
  source.addEventListener('rxsse.gap', ({ data }) => reader.gaps.push(data));
  return { ...reader, close: () => source.close() };
}

/** Reads with the client of the library. */
function ownReader(url: string): Reader {
  const reader = newReader();
  const subscription = fromSse(`${url}/posts`, Board).subscribe((event) => {
    if (event.type === 'posted') reader.texts.push(event.data.text);
    else if (event.type === 'connected') reader.servers.add(event.data.server);
    else reader.gaps.push(event.data);
  });
  return { ...reader, close: () => subscription.unsubscribe() };
}

/** Posts a text until a server has acknowledged it, under one key. */
async function post(url: string, text: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const response = await fetch(`${url}/posts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': text },
      body: JSON.stringify({ type: 'posted', data: { text } }),
      signal: AbortSignal.timeout(5000),
    }).catch(() => undefined);
    if (response?.status === 202) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no server took ${text}`);
}

describe('three servers behind nginx with one Redis', function () {
  this.timeout(120_000);
  const redisPath = requires('redis-server');
  const nginxPath = requires('nginx');
  let redis: RedisServer;

  before(async () => {
    redis = await startRedis(redisPath());
  });
  after(() => redis?.remove());

  it('lose, repeat and reorder no post for any reader while one after the other is killed', async () => {
    const ports = await Promise.all([freePort(), freePort(), freePort()]);
    const start = (index: number): ExampleServer =>
      exampleServer('cluster', { PORT: String(ports[index]), NAME: `server ${index + 1}`, REDIS_URL: redis.url });
    const servers = ports.map((_, index) => start(index));
    await Promise.all(servers.map((server) => server.url()));
    const upstream = ports.map((port) => `server 127.0.0.1:${port} max_fails=0;`).join(' ');
    const location = 'location / { proxy_pass http://servers; proxy_http_version 1.1; }';
    const readers: Reader[] = [];
    await withNginx(
      nginxPath(),
      location,
      async (url) => {
        for (let index = 0; index < 5; index++) readers.push(foreignReader(url), ownReader(url));
        const posted: string[] = [];
        const publish = async (publisher: number): Promise<void> => {
          for (let n = 0; n < 60; n++) {
            await post(url, `${publisher}/${n}`);
            posted.push(`${publisher}/${n}`);
          }
        };
        const published = Promise.all([publish(1), publish(2)]);
        for (let kills = 0; kills < 6; kills++) {
          const index = kills % 3;
          servers[index]?.child.kill('SIGKILL');
          await servers[index]?.closed;
          servers[index] = start(index);
          await servers[index]?.url();
        }
        await published;
        await post(url, 'last');
        while (readers.some(({ texts }) => texts.at(-1) !== 'last'))
          await new Promise((resolve) => setTimeout(resolve, 20));

        const [first] = readers;
        expect(new Set(first?.texts)).to.deep.equal(new Set([...posted, 'last']));
        for (const { texts, gaps } of readers) {
          expect(texts).to.deep.equal(first?.texts);
          expect(texts.length).to.equal(new Set(texts).size);
          expect(gaps).to.deep.equal([]);
        }
        // The posts of one publisher stay in their order.
        for (const publisher of [1, 2]) {
          const own = first?.texts.filter((text) => text.startsWith(`${publisher}/`)) ?? [];
          expect(own).to.deep.equal(own.toSorted((a, b) => Number(a.slice(2)) - Number(b.slice(2))));
        }
        expect(readers.some((reader) => reader.servers.size > 1)).to.equal(true);
        for (const reader of readers) reader.close();
      },
      `upstream servers { ${upstream} }`,
    );
    for (const { child } of servers) child.kill('SIGKILL');
  });
});
