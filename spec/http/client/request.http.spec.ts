import { expect } from 'chai';
import { end, follow, Tick, tick, valuesOf } from './following.ts';
import { ended, rawServer } from './rawServer.ts';

/** The UTF-8 bytes of a text, each as the character that a header shows it as. */
const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

describe('the request of fromSse', () => {
  it('asks for a stream past all caches, has no position, and says that it may be refused', () =>
    rawServer([ended(end)], async ({ url, asked }) => {
      await valuesOf(follow(new URL(`${url}/path?a=1`)));
      const [one] = asked;
      expect(one?.head).to.match(/^GET \/path\?a=1 HTTP\/1\.1\r\n/);
      expect(one?.header('accept')).to.equal('text/event-stream');
      expect(one?.header('cache-control')).to.equal('no-cache');
      expect(one?.header('rxsse-client')).to.equal('1');
      expect(one?.header('last-event-id')).to.equal(undefined);
    }));

  it('has the method, the headers and the body that it is told to, each time', () =>
    rawServer([ended(tick(1)), ended(end)], async ({ url, asked }) => {
      const options = { method: 'POST', headers: { 'X-Key': 'k', Accept: 'text/*' }, body: '{"q":1}' };
      await valuesOf(follow(url, options));
      for (const one of asked) {
        expect(one.head).to.match(/^POST \/ /);
        expect([one.header('x-key'), one.header('accept'), one.body]).to.deep.equal(['k', 'text/*', '{"q":1}']);
      }
      expect(asked).to.have.length(2);
    }));

  it('makes a body anew that can be read only once', () =>
    rawServer([ended(tick(1)), ended(end)], async ({ url, asked }) => {
      const body = () => new Blob(['made']).stream();
      await valuesOf(follow(url, { method: 'PUT', body }));
      expect(asked.map((one) => one.body)).to.deep.equal(Array(2).fill('4\r\nmade\r\n0\r\n\r\n'));
    }));

  it('is a Request that it is given, its body too, each time', () =>
    rawServer([ended(tick(1)), ended(end)], async ({ url, asked }) => {
      const request = new Request(url, { method: 'POST', body: 'b', headers: { 'X-Key': 'k', 'X-Both': 'request' } });
      await valuesOf(follow(request, { headers: { 'X-Both': 'options' } }));
      expect(asked.map((one) => [one.body, one.header('x-key'), one.header('x-both')])).to.deep.equal(
        Array(2).fill(['b', 'k', 'options']),
      );
      expect(asked.map((one) => one.header('last-event-id'))).to.deep.equal([undefined, '1']);
    }));

  it('may be made by another fetch', () =>
    rawServer([ended(tick(1) + end)], async ({ url }) => {
      const urls: unknown[] = [];
      const stream = follow('app://orders', {
        fetch: (input, init) => {
          urls.push(input);
          return fetch(url, init);
        },
      });
      expect(await valuesOf(stream)).to.deep.equal([Tick(1)]);
      expect(urls).to.deep.equal(['app://orders']);
    }));

  it('is one for each subscriber', () =>
    rawServer([ended(tick(1) + end), ended(tick(2) + end)], async ({ url, asked }) => {
      const stream = follow(url);
      expect(asked).to.have.length(0);
      expect(await valuesOf(stream)).to.deep.equal([Tick(1)]);
      expect(await valuesOf(stream)).to.deep.equal([Tick(2)]);
      expect(asked.map((one) => one.header('last-event-id'))).to.deep.equal([undefined, undefined]);
    }));

  it('does not say what makes a server refuse it where that would end it for good', () =>
    rawServer([ended(end)], async ({ url, asked }) => {
      await valuesOf(follow(url, { strictEventSource: true }));
      expect(asked[0]?.header('rxsse-client')).to.equal(undefined);
    }));

  describe('has as its position', () => {
    const ids: readonly (readonly [what: string, id: string, sent: string | undefined])[] = [
      ['ASCII, as it is', '1.WXqtiJElw9PvZXQ0.7', '1.WXqtiJElw9PvZXQ0.7'],
      ['text beyond ASCII, as the bytes of its UTF-8', 'é語🙂', bytes('é語🙂')],
      ['a tab, within it', 'a\tb', 'a\tb'],
      ['nothing, where it has a control character', 'a\u0001b', undefined],
      ['nothing, where it has DEL', 'a\u007fb', undefined],
      ['nothing, where it begins with a space, which would be lost', '  a', undefined],
      ['nothing, where it ends with a space', 'a ', undefined],
      ['a BOM and what looks like a header', '\uFEFFX-Key: 1', bytes('\uFEFFX-Key: 1')],
    ];
    for (const [what, id, sent] of ids) {
      it(`${what}, of the stream`, () =>
        rawServer([ended(`id: ${id}\n\n`), ended(end)], async ({ url, asked }) => {
          await valuesOf(follow(url));
          expect(asked[1]?.header('last-event-id')).to.equal(sent);
        }));

      it(`${what}, of the user`, () =>
        rawServer([ended(end)], async ({ url, asked }) => {
          await valuesOf(follow(url, { lastEventId: id }));
          expect(asked[0]?.header('last-event-id')).to.equal(sent);
        }));
    }

    it('the one before, where the stream gives one with NUL', () =>
      rawServer([ended('id: 1\n\nid: 2\0\n\n'), ended(end)], async ({ url, asked }) => {
        await valuesOf(follow(url));
        expect(asked[1]?.header('last-event-id')).to.equal('1');
      }));

    it('nothing, where the user gives what no header can hold', () =>
      rawServer([ended(end)], async ({ url, asked }) => {
        for (const lastEventId of ['a\r\nX-Key: 1', 'a\0b', '', null, undefined, () => null]) {
          await valuesOf(follow(url, { lastEventId }));
        }
        expect(asked.map((one) => one.header('last-event-id'))).to.deep.equal(Array(6).fill(undefined));
        expect(asked.map((one) => one.header('x-key'))).to.deep.equal(Array(6).fill(undefined));
      }));
  });
});
