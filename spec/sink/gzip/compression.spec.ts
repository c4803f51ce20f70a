import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import * as t from 'io-ts';
import { NEVER, of, Subject, timer } from 'rxjs';
import { Deflater } from '../../../lib/data/Deflater.ts';
import { events, feed, memoryLog, shutdown, sse } from '../../../lib/index.ts';
import type { TestReader } from '../../../lib/testing/index.ts';
import { marbles } from '../../../lib/testing/marbles.ts';
import { acceptingGzip, decodedSoFar, expectSame } from './pairs.ts';

const Ticks = events({ Tick: t.string });
const { Tick } = Ticks;

/** Counts how often each text is compressed while the work runs. */
function compressions(text: string, work: () => void): number {
  const { add } = Deflater.prototype;
  let count = 0;
  Deflater.prototype.add = function (this: Deflater, bytes, write) {
    if (Buffer.from(bytes).includes(text)) count++;
    add.call(this, bytes, write);
  };
  try {
    work();
  } finally {
    Deflater.prototype.add = add;
  }
  return count;
}

const sizes = ({ writes }: TestReader): readonly number[] => writes.map(({ bytes }) => bytes.length);
const textOf = (reader: TestReader): string => decodedSoFar(reader.bytes).toString();

describe('the option compression', () => {
  const accepted: Readonly<Record<string, boolean>> = {
    gzip: true,
    'gzip, deflate, br, zstd': true,
    'br;q=1.0, GZIP ; q=0.001': true,
    '*': true,
    'x-gzip': true,
    'identity;q=0.5, gzip;q=0.5': true,
    'identity;q=0, *;q=0.1': true,
    'gzip;q=0': false,
    'gzip;q=0.000, *': false,
    '*;q=0': false,
    br: false,
    '': false,
    'gzip;q=0.5, identity': false,
    'gzip;q=nothing': false,
  };
  for (const [header, isGzip] of Object.entries(accepted)) {
    it(
      `sends ${isGzip ? 'gzip' : 'no gzip'} for accept-encoding: ${header}`,
      marbles(({ reader, flush }) => {
        const route = sse({ compression: true }, feed(Ticks));
        const r = reader(route, { headers: { 'accept-encoding': header }, socket: '5ms X' });
        flush();
        expect(r.headers['content-encoding']).to.equal(isGzip ? 'gzip' : undefined);
        expect(r.headers.vary).to.equal('Accept-Encoding');
        expect(isGzip ? textOf(r) : r.text).to.match(/^id: .*\nevent: rxsse.position\n/);
      }),
    );
  }

  it(
    'sends no gzip to a request without accept-encoding, nor with compression: false',
    marbles(({ reader, flush }) => {
      const shared = feed(Ticks);
      const on = reader(sse({ compression: true }, shared), { socket: '5ms X' });
      const off = reader(sse({ compression: false }, shared), { ...acceptingGzip, socket: '5ms X' });
      flush();
      expect(on.headers).to.include({ vary: 'Accept-Encoding' }).and.not.have.property('content-encoding');
      expect(off.headers).to.not.have.any.keys('vary', 'content-encoding');
    }),
  );

  it('compresses an event once for 100 readers, which receive the same bytes', () => {
    let readers: readonly TestReader[] = [];
    const count = compressions(
      'the event',
      marbles(({ reader, flush }) => {
        const shared = feed(Ticks);
        const route = sse({ compression: true }, shared);
        readers = Array.from({ length: 100 }, () => reader(route, { ...acceptingGzip, socket: '20ms X' }));
        timer(10).subscribe(() => shared.publish(Tick('the event')));
        flush();
      }),
    );
    expect(count).to.equal(1);
    expect(new Set(readers.map((each) => each.writes[1]?.bytes.toString())).size).to.equal(1);
    for (const each of readers) expect(textOf(each)).to.match(/data: "the event"\n\n$/);
  });

  it(
    'sends less than a quarter of events that are alike, each with its write',
    marbles(({ reader, flush }) => {
      const shared = feed(Ticks);
      const pair = [{}, acceptingGzip].map((headers) =>
        reader(sse({ compression: true }, shared), { ...headers, socket: '600ms X' }),
      );
      for (let n = 0; n < 100; n++) {
        timer(1 + n).subscribe(() => shared.publish(Tick(`order ${n * 7919} of customer ${n * 31} is paid, in euro`)));
      }
      flush();
      const [plain, gzip] = pair as [TestReader, TestReader];
      expectSame({ plain, gzip });
      expect(gzip.writes.length).to.equal(101);
      expect(gzip.bytes.length).to.be.below(plain.bytes.length / 2.5);
    }),
  );

  it(
    'shares the bytes after the next full-flush point with a reader that connects later',
    marbles(({ reader, flush }) => {
      const shared = feed(Ticks);
      const route = sse({ compression: { maxBytes: 8192 } }, shared);
      const first = [1, 2].map(() => reader(route, { ...acceptingGzip, socket: '300ms X' }));
      const later = reader(route, { ...acceptingGzip, at: '50ms', socket: '300ms X' });
      for (let n = 0; n < 200; n++) timer(1 + n).subscribe(() => shared.publish(Tick(`number ${n}`)));
      flush();
      const bytes = (of: TestReader) =>
        new Map(of.writes.map((write) => [write.at, Buffer.from(write.bytes).toString('latin1')]));
      const [one, two] = [bytes(first[0] as TestReader), bytes(later)];
      const same = [...two.keys()].filter((at) => at > 50 && two.get(at) === one.get(at));
      expect(same[0]).to.be.within(52, 80);
      expect(same.length).to.equal(200 - (same[0] as number) + 1);
      expect(textOf(later)).to.match(/"number 49"[\s\S]*"number 199"\n\n$/);
    }),
  );

  it('starts a new full-flush point after heartbeats, which are sent to each reader separately, so that readers share the next event', () => {
    let gzip: readonly TestReader[] = [];
    const count = compressions(
      'second',
      marbles(({ reader, flush }) => {
        const shared = feed(Ticks);
        const route = sse({ compression: true, heartbeat: 50 }, shared);
        const script = { socket: '140ms X' };
        const plain = reader(route, script);
        gzip = [1, 2, 3].map(() => reader(route, { ...script, ...acceptingGzip }));
        timer(10).subscribe(() => shared.publish(Tick('first')));
        timer(130).subscribe(() => shared.publish(Tick('second')));
        flush();
        for (const each of gzip) expectSame({ plain, gzip: each });
        expect(plain.text.match(/^:$/gm)?.length).to.equal(2);
      }),
    );
    // The reader without compression needs no further compression.
    expect(count).to.equal(1);
    for (const each of gzip) expect(Math.max(...sizes(each).slice(2, 4))).to.be.below(20);
  });

  it(
    'sends its missed events to a reader that is behind, also those that the window has dropped',
    marbles(({ reader, flush }) => {
      const shared = feed(Ticks);
      const route = sse({ compression: { maxBytes: 1024 }, heartbeat: false }, shared);
      const scripts = ['900ms X', '5ms F 100ms D 900ms X', '5ms F 400ms D 2ms F 100ms D 900ms X'];
      const pairs = scripts.map((socket) => ({
        plain: reader(route, { socket }),
        gzip: reader(route, { socket, ...acceptingGzip }),
      }));
      for (let n = 0; n < 500; n++) timer(1 + n).subscribe(() => shared.publish(Tick(`${n}`.padEnd(n % 90, 'é'))));
      flush();
      for (const pair of pairs) expectSame(pair);
    }),
  );

  it(
    'replays a history, compressed a page at a time',
    marbles(({ reader, flush }) => {
      const shared = feed(Ticks);
      const cursors: string[] = [];
      for (let n = 0; n < 5000; n++) {
        shared.publish(Tick(`number ${n} of many`)).subscribe((cursor) => cursors.push(cursor));
      }
      const route = sse({ compression: true, resume: { from: 'oldest' } }, shared);
      const [plain, gzip] = [
        reader(route, { socket: '50ms X' }),
        reader(route, { ...acceptingGzip, socket: '50ms X' }),
      ];
      // Another reader is at the tail, far from them.
      reader(route, { ...acceptingGzip, lastEventId: cursors[4999] ?? '', socket: '50ms X' });
      flush();
      expectSame({ plain, gzip });
      expect(gzip.bytes.length).to.be.below(plain.bytes.length / 4);
    }),
  );

  it(
    'ends with a trailer: after the end of the feed, and for a shutdown',
    marbles(({ reader, flush }) => {
      const [ending, stopping] = [feed(Ticks), feed(Ticks)];
      const readers = [ending, stopping].map((shared) => reader(sse({ compression: true }, shared), acceptingGzip));
      timer(10).subscribe(() => {
        for (const shared of [ending, stopping]) shared.publish(Tick('one'));
      });
      timer(20).subscribe(() => {
        ending.end();
        void shutdown(stopping, { duration: 0, retry: [7, 7], lastEvent: Tick('bye') });
      });
      flush();
      const [ended, stopped] = readers.map(({ bytes }) => gunzipSync(bytes).toString());
      expect(ended).to.match(/data: "one"\n\nid: [^\n]+\nevent: rxsse.end\ndata: null\n\n$/);
      expect(stopped).to.match(/data: "one"\n\nevent: tick\ndata: "bye"\n\nretry: 7\n\n$/);
    }),
  );

  it(
    'sends no trailer when the response is cut',
    marbles(({ reader, flush }) => {
      const shared = feed(Ticks);
      const cut = reader(sse({ compression: true, maxAge: 20, wire: { end: 'none' } }, shared), acceptingGzip);
      timer(10).subscribe(() => shared.publish(Tick('one')));
      flush();
      expect(cut.cutAt).to.be.within(18, 20);
      expect(() => gunzipSync(cut.bytes)).to.throw('unexpected end of file');
      expect(textOf(cut)).to.match(/data: "one"\n\n$/);
    }),
  );

  it(
    'compresses a snapshot, a gap and the events after it, and a wire without ids',
    marbles(({ reader, flush }) => {
      const shared = feed(Ticks, { log: memoryLog({ maxEntries: 1 }) });
      let cursor = '';
      for (const text of ['a', 'b', 'c']) shared.publish(Tick(text)).subscribe((published) => (cursor = published));
      const snapshot = () => ({ events: [Tick('x'.repeat(5000))], cursor });
      const routes = [
        sse({ compression: true, resume: { snapshot } }, shared),
        sse({ compression: true }, (context) => shared.read(context, { snapshot })),
        sse({ compression: true, wire: 'data-only', resume: { from: 'oldest' } }, shared),
      ];
      const pairs = routes.map((route) => {
        const script = { socket: '40ms X', lastEventId: '1.unknown.1' };
        return { plain: reader(route, script), gzip: reader(route, { ...script, ...acceptingGzip }) };
      });
      timer(10).subscribe(() => shared.publish(Tick('later')));
      flush();
      for (const pair of pairs) expectSame(pair);
      expect(pairs[0]?.plain.text).to.match(/rxsse.gap[\s\S]*xxx[\s\S]*later/);
      expect(sizes(pairs[0]?.gzip as TestReader)[0]).to.be.below(600);
    }),
  );

  it(
    'compresses another stream for each reader, and a run as a feed',
    marbles(({ reader, hot, flush }) => {
      const source = hot('    5ms a 5ms b 5ms (c|)', { a: 'a token', b: 'another token', c: 'a token again' });
      const pairs = [sse({ compression: true }, source), sse({ compression: true, resume: { linger: 0 } }, source)].map(
        (route) => ({
          plain: reader(route),
          gzip: reader(route, acceptingGzip),
        }),
      );
      flush();
      const [stream, run] = pairs as [(typeof pairs)[0], (typeof pairs)[0]];
      // Each connection has an epoch of its own.
      for (const { plain, gzip } of [stream, run]) {
        const text = gunzipSync(gzip.bytes).toString();
        expect(text.replace(/^id: .*\.(?=\d)/gm, 'id: ')).to.equal(plain.text.replace(/^id: .*\.(?=\d)/gm, 'id: '));
        expect(gzip.writes.map(({ at }) => at)).to.deep.equal(plain.writes.map(({ at }) => at));
      }
    }),
  );

  it(
    'does not compress responses that are not streams, and sends Vary for HEAD',
    marbles(({ reader, flush }) => {
      const route = sse({ compression: true, query: { q: t.string } }, of(1));
      const [refused, head] = [
        reader(route, acceptingGzip),
        reader(route, { ...acceptingGzip, url: '/?q=1', method: 'HEAD' }),
      ];
      flush();
      expect(refused.status).to.equal(422);
      expect(refused.problem).to.have.property('status', 422);
      expect(refused.headers).to.not.have.property('content-encoding');
      expect(head.headers).to.include({ vary: 'Accept-Encoding' }).and.not.have.property('content-encoding');
    }),
  );

  it(
    'is switched off for a request by the header of the route, and adds to its Vary',
    marbles(({ reader, flush }) => {
      const headers = { vary: 'Cookie', 'content-encoding': 'identity' };
      const route = sse({ compression: true, headers: () => headers }, feed(Ticks));
      const r = reader(route, { ...acceptingGzip, socket: '5ms X' });
      flush();
      expect(r.headers).to.include({ vary: 'Cookie, Accept-Encoding', 'content-encoding': 'identity' });
      expect(r.text).to.match(/^id: .*\nevent: rxsse.position\n/);
    }),
  );

  it('throws for a Content-Encoding among the headers of the route, and for a bound out of range', () => {
    expect(() => sse({ compression: true, headers: { 'content-encoding': 'br' } }, NEVER)).to.throw(
      TypeError,
      'sse: headers has Content-Encoding, which compression sets; leave one of the two out',
    );
    expect(() => sse({ compression: { maxBytes: 1000 } }, NEVER)).to.throw(
      RangeError,
      'sse: compression.maxBytes must be from 1024 to 16777216 bytes, got 1000',
    );
    expect(() => sse({ compression: 'gzip' as never }, NEVER)).to.throw(
      TypeError,
      'sse: compression must be true or false, got string; or give { maxBytes }',
    );
  });

  it(
    'counts the bytes that were sent',
    marbles(({ reader, flush }) => {
      const closed: number[] = [];
      const source = new Subject<string>();
      const route = sse(
        { compression: true, onClose: (_, { bytes }) => closed.push(bytes) },
        feed(Ticks, { source: source as never }),
      );
      const r = reader(route, { ...acceptingGzip, socket: '50ms X' });
      timer(10).subscribe(() => source.next(Tick('x'.repeat(10_000)) as never));
      flush();
      expect(closed[0])
        .to.be.below(r.bytes.length + 100)
        .and.above(100);
    }),
  );
});
