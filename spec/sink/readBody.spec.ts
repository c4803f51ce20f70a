import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import type { ReceiveRequest } from '../../lib/sink/readBody.ts';
import { type ReceiveHandler, receive } from '../../lib/sink/receive.ts';
import { type MarbleHelpers, marbles } from '../../lib/testing/marbles.ts';
import { linesOf, paid, post, shop } from './posting.ts';

/** A request's stream, as far as a body is read of it. */
class Stream extends EventEmitter {
  httpVersionMajor = 1;
  readableEnded = false;
  isFlowing = false;

  pause(): void {
    this.isFlowing = false;
  }

  resume(): void {
    this.isFlowing = true;
  }

  /** All listeners there are. */
  get heard(): number {
    return this.eventNames().reduce((sum, name) => sum + this.listenerCount(name), 0);
  }
}

type Part = Uint8Array | 'end' | 'close' | Error;

interface SendOptions {
  readonly limit?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly stream?: Stream;
  readonly handler?: ReceiveHandler<ReceiveRequest>;
}

/** Posts a body whose parts come one after the other. */
function send(
  kit: MarbleHelpers,
  parts: readonly Part[],
  { limit = 1000, headers = {}, stream = new Stream(), handler }: SendOptions = {},
) {
  const { handler: shopping, remembered } = shop({ limit });
  const { httpVersionMajor, readableEnded } = stream;
  const request = {
    httpVersionMajor,
    readableEnded,
    on: stream.on.bind(stream),
    removeListener: stream.removeListener.bind(stream),
    pause: stream.pause.bind(stream),
    resume: stream.resume.bind(stream),
  };
  const answer = post(kit, handler ?? shopping, undefined, {
    headers: { 'content-type': 'application/json', ...headers },
    request,
  });
  for (const part of parts) {
    if (part instanceof Error) stream.emit('error', part);
    else if (typeof part === 'string') stream.emit(part);
    else stream.emit('data', part);
  }
  kit.flush();
  return { answer, stream, remembered };
}

const bytes = new TextEncoder().encode(JSON.stringify(paid('世界')));
const gone = new Error('ECONNRESET');

describe('receive, without a parser before it,', () => {
  for (const at of [0, 1, bytes.indexOf(0xe4) + 1, bytes.length - 1, bytes.length]) {
    it(
      `takes a body that is cut at ${at}`,
      marbles((kit) => {
        const { answer, stream, remembered } = send(kit, [bytes.subarray(0, at), bytes.subarray(at), 'end', 'close']);

        expect(answer.status).to.equal(202);
        expect(remembered()).to.include('"order":"世界"');
        expect(stream.heard).to.equal(0);
      }),
    );
  }

  it(
    'takes one that is exactly as long as the limit, and listens no longer',
    marbles((kit) => {
      const { answer, stream } = send(kit, [bytes, 'end'], { limit: bytes.length });
      expect(answer.status).to.equal(202);
      expect(stream.listenerCount('data') + stream.listenerCount('end')).to.equal(0);
    }),
  );

  it(
    'refuses one that turns out longer, and reads no further',
    marbles((kit) => {
      const limit = bytes.length - 1;
      const { answer, stream, remembered } = send(kit, [bytes.subarray(0, 5), bytes.subarray(5)], { limit });

      expect(answer.status).to.equal(413);
      expect(answer.headers).to.include({ connection: 'close' });
      expect(linesOf(answer)).to.deep.equal([`body: expected at most ${limit} bytes, got more`]);
      expect(stream.isFlowing).to.equal(false);
      expect(stream.listenerCount('data')).to.equal(0);
      expect(remembered()).to.equal('');
    }),
  );

  it(
    'refuses unread one that says that it is longer',
    marbles((kit) => {
      const { answer, stream } = send(kit, [], { limit: 10, headers: { 'content-length': '11' } });

      expect(answer.status).to.equal(413);
      expect(answer.headers).to.include({ connection: 'close' });
      expect(stream.isFlowing).to.equal(false);
      expect(stream.heard).to.equal(0);
    }),
  );

  it(
    'says nothing of the connection over HTTP/2, which has no such header',
    marbles((kit) => {
      const stream = Object.assign(new Stream(), { httpVersionMajor: 2 });
      const { answer } = send(kit, [bytes], { limit: 10, stream });

      expect(answer.status).to.equal(413);
      expect(answer.headers).not.to.have.property('connection');
    }),
  );

  it(
    'does nothing for a client that goes before it has sent all, and leaves nothing behind',
    marbles((kit) => {
      const { answer, stream, remembered } = send(kit, [bytes.subarray(0, -1), gone, 'close']);

      expect(answer.status).to.equal(undefined);
      expect(stream.heard).to.equal(0);
      expect(remembered()).to.equal('');
    }),
  );

  it(
    'survives an error that comes after the answer',
    marbles((kit) => {
      const { answer, stream } = send(kit, [bytes, gone, 'close'], { limit: 10 });

      expect(answer.status).to.equal(413);
      expect(stream.heard).to.equal(0);
    }),
  );

  it(
    'gives next an error when somebody has read it before',
    marbles((kit) => {
      const { answer } = send(kit, [], { stream: Object.assign(new Stream(), { readableEnded: true }) });
      expect(String(answer.error)).to.match(/^TypeError: receive: the body was read before/);
    }),
  );

  it(
    'gives next what a function throws when the body is here',
    marbles((kit) => {
      const refused = new Error('no');
      const handler = receive(() => {
        throw refused;
      });
      const { answer } = send(kit, [bytes, 'end', 'close'], { handler });
      expect(answer.error).to.equal(refused);
    }),
  );

  it(
    'asks a function for nothing that did not come whole',
    marbles((kit) => {
      let asked = 0;
      const handler = receive(() => {
        asked++;
        return shop().orders;
      });
      send(kit, [bytes, gone, 'close'], { handler });
      send(kit, [bytes.subarray(1), 'end'], { handler });
      expect(asked).to.equal(0);
    }),
  );

  const broken: Readonly<Record<string, readonly [Uint8Array, string]>> = {
    'no JSON': [bytes.subarray(1), 'body: expected JSON, got other text'],
    nothing: [new Uint8Array(0), 'body: expected JSON, got nothing'],
    'no UTF-8': [Uint8Array.of(0x22, 0xff, 0x22), 'body: expected UTF-8, got other bytes'],
    'half a character': [Uint8Array.of(0x22, 0xe4, 0x22), 'body: expected UTF-8, got other bytes'],
  };
  for (const [what, [body, line]] of Object.entries(broken)) {
    it(
      `refuses ${what}`,
      marbles((kit) => {
        const { answer } = send(kit, [body, 'end', 'close']);
        expect(answer.status).to.equal(400);
        expect(linesOf(answer)).to.deep.equal([line]);
      }),
    );
  }

  it(
    'takes one after a byte order mark',
    marbles((kit) => {
      expect(send(kit, [Uint8Array.of(0xef, 0xbb, 0xbf), bytes, 'end']).answer.status).to.equal(202);
    }),
  );

  for (const type of ['application/json', 'Application/JSON; charset=utf-8', 'application/vnd.api+json']) {
    it(
      `takes ${type}`,
      marbles((kit) => {
        expect(send(kit, [bytes, 'end'], { headers: { 'content-type': type } }).answer.status).to.equal(202);
      }),
    );
  }

  const others = ['', 'text/plain', 'application/jsonp', 'application/x-www-form-urlencoded', 'multipart/form-data'];
  for (const type of [...others, 'text/plain; application/json', 'application/json, text/plain']) {
    it(
      `refuses ${JSON.stringify(type)} unread`,
      marbles((kit) => {
        const { answer, stream } = send(kit, [], { headers: { 'content-type': type } });
        expect(answer.status).to.equal(415);
        expect(linesOf(answer)).to.deep.equal(['headers.content-type: expected application/json, got another']);
        expect(stream.heard).to.equal(0);
      }),
    );
  }

  it(
    'refuses one that is packed',
    marbles((kit) => {
      const { answer } = send(kit, [], { headers: { 'content-encoding': 'gzip' } });
      expect(answer.status).to.equal(415);
      expect(linesOf(answer)).to.deep.equal(['headers.content-encoding: expected none, got one']);
    }),
  );
});
