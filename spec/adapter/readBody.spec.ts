import { expect } from 'chai';
import { receive } from '../../lib/adapter/node/receive.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { linesOf, paid, shop } from './posting.ts';
import { Stream, send } from './sending.ts';

const bytes = new TextEncoder().encode(JSON.stringify(paid('世界')));
const broken = new Error('ECONNRESET');

describe('receive, reading a body itself,', () => {
  for (const at of [0, 1, bytes.indexOf(0xe4) + 1, bytes.length - 1, bytes.length]) {
    it(
      `accepts a body in two chunks, cut at ${at}`,
      marbles((kit) => {
        const { answer, stream, remembered } = send(kit, [bytes.subarray(0, at), bytes.subarray(at), 'end', 'close']);

        expect(answer.status).to.equal(202);
        expect(remembered()).to.include('"order":"世界"');
        expect(stream.observed).to.equal(0);
      }),
    );
  }

  it(
    'accepts a body that is exactly as large as the bound, and removes its listeners',
    marbles((kit) => {
      const { answer, stream } = send(kit, [bytes, 'end'], { limit: bytes.length });
      expect(answer.status).to.equal(202);
      expect(stream.listenerCount('data') + stream.listenerCount('end')).to.equal(0);
    }),
  );

  it(
    'rejects a body that exceeds the bound while it is read, and reads no further',
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
    'rejects a body whose Content-Length exceeds the bound without reading it',
    marbles((kit) => {
      const { answer, stream } = send(kit, [], { limit: 10, headers: { 'content-length': '11' } });

      expect(answer.status).to.equal(413);
      expect(answer.headers).to.include({ connection: 'close' });
      expect(stream.isFlowing).to.equal(false);
      expect(stream.observed).to.equal(0);
    }),
  );

  it(
    'sends no Connection header over HTTP/2, which has none',
    marbles((kit) => {
      const stream = Object.assign(new Stream(), { httpVersionMajor: 2 });
      const { answer } = send(kit, [bytes], { limit: 10, stream });

      expect(answer.status).to.equal(413);
      expect(answer.headers).not.to.have.property('connection');
    }),
  );

  it(
    'does nothing for a client that disconnects before it has sent everything, and leaves no listener',
    marbles((kit) => {
      const { answer, stream, remembered } = send(kit, [bytes.subarray(0, -1), broken, 'close']);

      expect(answer.status).to.equal(undefined);
      expect(stream.observed).to.equal(0);
      expect(remembered()).to.equal('');
    }),
  );

  it(
    'ignores an error of the request after the response',
    marbles((kit) => {
      const { answer, stream } = send(kit, [bytes, broken, 'close'], { limit: 10 });

      expect(answer.status).to.equal(413);
      expect(stream.observed).to.equal(0);
    }),
  );

  it(
    'calls next with an error when the body was read before',
    marbles((kit) => {
      const { answer } = send(kit, [], { stream: Object.assign(new Stream(), { readableEnded: true }) });
      expect(String(answer.error)).to.match(/^TypeError: receive: the body was read before/);
    }),
  );

  it(
    'calls next with what a function throws after the body was received',
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
    'does not call a function for an incomplete body',
    marbles((kit) => {
      let requested = 0;
      const handler = receive(() => {
        requested++;
        return shop().orders;
      });
      send(kit, [bytes, broken, 'close'], { handler });
      send(kit, [bytes.subarray(1), 'end'], { handler });
      expect(requested).to.equal(0);
    }),
  );
});
