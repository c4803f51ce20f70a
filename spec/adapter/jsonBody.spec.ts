import { expect } from 'chai';
import { marbles } from '../../lib/testing/marbles.ts';
import { linesOf, paid } from './posting.ts';
import { send } from './sending.ts';

const bytes = new TextEncoder().encode(JSON.stringify(paid('世界')));

describe('receive, parsing a JSON body,', () => {
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

  const long: Readonly<Record<string, readonly [string, string | undefined]>> = {
    'many levels': [`${'[{"k":'.repeat(600)}1${'}]'.repeat(600)}${' '.repeat(70_000)}`, 'at most 1000 levels'],
    'many different names': [
      `{${Array.from({ length: 25_000 }, (_, index) => `"k${index}":1`).join()}}`,
      'at most 20000 different names',
    ],
    'many arrays': [`[${'[],'.repeat(500_000)}0]`, 'at most 500000 arrays and objects'],
    'many equal names, and brackets and colons in text': [
      `[${Array.from({ length: 25_000 }, () => '{"name":"[[{:\\":"}').join()}]`,
      undefined,
    ],
  };
  for (const [what, [text, expected]] of Object.entries(long)) {
    it(
      `${expected === undefined ? 'parses' : 'refuses to parse'} a long body of ${what}`,
      marbles((kit) => {
        const { answer } = send(kit, [new TextEncoder().encode(text), 'end'], { limit: 2e6 });
        expect(answer.status).to.equal(expected === undefined ? 422 : 413);
        if (expected !== undefined) expect(linesOf(answer)).to.deep.equal([`body: expected ${expected}, got more`]);
      }),
    );
  }

  it(
    'accepts a body after a byte order mark',
    marbles((kit) => {
      expect(send(kit, [Uint8Array.of(0xef, 0xbb, 0xbf), bytes, 'end']).answer.status).to.equal(202);
    }),
  );

  for (const type of ['application/json', 'Application/JSON; charset=utf-8', 'application/vnd.api+json']) {
    it(
      `accepts the type ${type}`,
      marbles((kit) => {
        expect(send(kit, [bytes, 'end'], { headers: { 'content-type': type } }).answer.status).to.equal(202);
      }),
    );
  }

  const others = ['', 'text/plain', 'application/jsonp', 'application/x-www-form-urlencoded', 'multipart/form-data'];
  for (const type of [...others, 'text/plain; application/json', 'application/json, text/plain']) {
    it(
      `rejects the type ${JSON.stringify(type)} without reading the body`,
      marbles((kit) => {
        const { answer, stream } = send(kit, [], { headers: { 'content-type': type } });
        expect(answer.status).to.equal(415);
        expect(linesOf(answer)).to.deep.equal(['headers.content-type: expected application/json, got another']);
        expect(stream.observed).to.equal(0);
      }),
    );
  }

  it(
    'rejects a compressed body',
    marbles((kit) => {
      const { answer } = send(kit, [], { headers: { 'content-encoding': 'gzip' } });
      expect(answer.status).to.equal(415);
      expect(linesOf(answer)).to.deep.equal(['headers.content-encoding: expected none, got one']);
    }),
  );
});
