import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { createGunzip } from 'node:zlib';
import { expect } from 'chai';
import compression from 'compression';
import cors from 'cors';
import express, { type RequestHandler } from 'express';
import express4 from 'express4';
import * as t from 'io-ts';
import { sse as fetchSse } from '../../lib/adapter/web/index.ts';
import { events, type Feed, feed, shutdown, sse } from '../../lib/index.ts';
import { ask } from '../support/http2.ts';
import { listen, overHttp2 } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { requires } from '../support/requires.ts';
import { follow } from './eventSource.ts';
import { publish as publishTicks, Ticks } from './ticks.ts';

const Notes = events({ Note: { n: t.number, text: t.string } });
const gzip = { headers: { 'Accept-Encoding': 'gzip' } };

/** Publishes notes of some sizes: with characters of several bytes, and one larger than the history of a compressor. */
function publish(notes: Feed<typeof Notes>, ...numbers: readonly number[]): void {
  for (const n of numbers) notes.publish(Notes.Note({ n, text: n % 5 === 4 ? 'é'.repeat(40_000) : 'paid '.repeat(n) }));
}

/** The decoded text of a response that is being received. */
class Decoded {
  text = '';
  readonly over: Promise<void>;
  #onText: () => void = () => {};

  constructor(body: AsyncIterable<Uint8Array>) {
    this.over = this.#read(body);
    this.over.catch(() => {});
  }

  /** Resolves when the text contains it. */
  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.text)) {
      const more = new Promise<void>((resolve) => {
        this.#onText = resolve;
      });
      await Promise.race([more, this.over.then(() => Promise.reject(new Error(`ended before ${pattern}`)))]);
    }
  }

  async #read(body: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      this.text += decoder.decode(chunk, { stream: true });
      this.#onText();
    }
  }
}

/** The clients that decode gzip, each in its own way. */
const clients: Readonly<Record<string, (url: string) => Promise<AsyncIterable<Uint8Array>>>> = {
  'fetch of Node': async (url) => {
    const { body, headers } = await fetch(url);
    expect(headers.get('content-encoding')).to.equal('gzip');
    return body as AsyncIterable<Uint8Array>;
  },
  'gunzip of Node': (url) =>
    new Promise((resolve, reject) => {
      const sent = request(url, { ...gzip, agent: false }, (response) => {
        expect(response.headers['content-encoding']).to.equal('gzip');
        const gunzip = createGunzip();
        response.on('error', (error) => gunzip.destroy(error));
        resolve(response.pipe(gunzip));
      });
      sent.on('error', reject).end();
    }),
};

const served = { resume: { from: 'oldest' }, compression: true } as const;

/** Expects that two readers that connect at different times receive the events of one without compression, each before the next. */
async function readTwice(url: string, notes: Feed<typeof Notes>, connect: (typeof clients)[string]): Promise<void> {
  publish(notes, 1, 2);
  const plain = await openStream(url);
  const first = new Decoded(await connect(url));
  for (const n of [3, 4, 5, 6]) {
    await first.until(new RegExp(`"n":${n - 1},[^\n]*\n\n$`));
    publish(notes, n);
  }
  await first.until(/"n":6,/);
  const second = new Decoded(await connect(url));
  await second.until(/"n":6,[^\n]*\n\n$/);
  publish(notes, 7, 8);
  for (const each of [first, second]) await each.until(/"n":8,[^\n]*\n\n$/);
  publish(notes, 9);
  notes.end();
  const text = await plain.ended();
  await Promise.all([first.over, second.over]);
  expect(first.text === text, 'the first reader').to.equal(true);
  expect(second.text === text, 'the second reader').to.equal(true);
}

describe('a compressed feed', () => {
  for (const [name, connect] of Object.entries(clients)) {
    it(`is decoded by ${name} while it is received, with its end`, () => {
      const notes = feed(Notes);
      return listen(sse(served, notes), (url) => readTwice(url, notes, connect));
    });
  }

  describe('in curl', () => {
    const curl = requires('curl');
    it('is decoded while it is received, with its end', () => {
      const notes = feed(Notes);
      const codes: unknown[] = [];
      const connect = async (url: string) => {
        const child = spawn(curl(), ['--silent', '--no-buffer', '--compressed', '--fail', url]);
        child.on('close', (code) => codes.push(code));
        return child.stdout;
      };
      return listen(sse(served, notes), async (url) => {
        await readTwice(url, notes, connect);
        expect(codes.every((code) => code === 0)).to.equal(true);
      });
    });
  });

  it('is decoded over http2', () => {
    const notes = feed(Notes);
    return listen(overHttp2(sse(served, notes) as never), async (url) => {
      await readTwice(url, notes, async (to) => {
        const { stream, headers } = await ask(to, { headers: { 'accept-encoding': 'gzip' } });
        expect(headers).to.include({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
        return stream.pipe(createGunzip());
      });
    });
  });

  it('is decoded from a web Response', async () => {
    const notes = feed(Notes);
    publish(notes, 1, 4);
    notes.end();
    const handler = fetchSse(served, notes);
    const [plain, compressed] = await Promise.all(
      [{}, gzip].map((options) => handler(new Request('http://localhost/', options))),
    );
    expect(compressed?.headers.get('content-encoding')).to.equal('gzip');
    const body = compressed?.body?.pipeThrough(new DecompressionStream('gzip') as never);
    expect(await new Response(body as never).text()).to.equal(await plain?.text());
  });

  it('resumes after cuts with nothing lost or repeated', () => {
    const ticks = feed(Ticks);
    return listen(sse({ retry: 1, compression: true }, ticks), (url, server) =>
      follow(url, async (follower) => {
        await follower.until(({ attempts }) => attempts[0]?.text !== '');
        for (let n = 1; n < 12; n += 3) {
          publishTicks(ticks, n, n + 1);
          await follower.until(({ seen }) => seen.includes(`${n + 1}`));
          server.closeAllConnections();
          publishTicks(ticks, n + 2);
        }
        await follower.until(({ seen }) => seen.includes('12'));
        expect(follower.seen).to.deep.equal(Array.from({ length: 12 }, (_, n) => `${n + 1}`));
        expect(follower.attempts.length).to.be.at.least(5);
      }),
    );
  });

  it('has all events and a broken end when it is cut, and a complete end when its server shuts down', () => {
    const notes = feed(Notes);
    const cutting = sse({ ...served, wire: { end: 'none' } }, notes);
    const ending = sse(served, notes);
    publish(notes, 1);
    const app = express().get('/cut', cutting).get('/end', ending);
    return listen(app, async (url) => {
      const [cut, ended] = await Promise.all(
        ['/cut', '/end'].map(async (path) => new Decoded((await fetch(url + path)).body as AsyncIterable<Uint8Array>)),
      );
      for (const each of [cut, ended]) await each?.until(/"n":1,[^\n]*\n\n$/);
      await shutdown([cutting, ending], { duration: 0, retry: [5, 5] });
      const failure = await cut?.over.catch((error: Error) => error);
      expect(failure).to.be.instanceOf(TypeError);
      // A client drops what it has not read when the body breaks, so that only what was awaited is certain.
      expect(cut?.text).to.contain('"n":1,');
      await ended?.over;
      expect(ended?.text).to.match(/retry: 5\n\n$/);
    });
  });
});

const middlewares: Readonly<Record<string, readonly RequestHandler[]>> = {
  'compression that takes everything': [compression({ filter: () => true, threshold: 0 })],
  'cors with an origin': [cors({ origin: 'https://app.example' })],
};

for (const [name, make] of Object.entries({ 'Express 5': express, 'Express 4': express4 })) {
  for (const [what, handlers] of Object.entries(middlewares)) {
    it(`a compressed feed on ${name} behind ${what} is compressed once, and keeps its Vary`, () => {
      const notes = feed(Notes);
      // Also when a middleware has removed `no-transform`.
      const route = sse({ ...served, headers: { 'Cache-Control': 'no-cache' } }, notes);
      return listen(
        make()
          .use(...handlers)
          .get('/', route),
        async (url) => {
          const { headers, close } = await openStream(url, gzip);
          expect(headers['content-encoding']).to.equal('gzip');
          const names = (headers.vary ?? '').split(', ');
          expect(names).to.include('Accept-Encoding');
          if (what.startsWith('cors')) expect(names).to.include('Origin');
          close();
          await readTwice(url, notes, clients['gunzip of Node'] as (typeof clients)[string]);
        },
      );
    });
  }
}
