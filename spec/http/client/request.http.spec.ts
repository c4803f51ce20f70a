import { expect } from 'chai';
import { ended, rawServer } from './rawServer.ts';
import { end, readTicks, Tick, tick, valuesOf } from './readTicks.ts';

/** Returns the UTF-8 bytes of a text, each as the character that a header shows. */
const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** The header by which a server announces that it resumes. */
const resumes = 'Rxsse-Resume: live\r\n';

describe('the request of fromSse', () => {
  it('requests an uncached stream without a position, and announces a client that may be rejected', () =>
    rawServer([ended(end)], async ({ url, requests }) => {
      await valuesOf(readTicks(new URL(`${url}/path?a=1`)));
      const [one] = requests;
      expect(one?.head).to.match(/^GET \/path\?a=1 HTTP\/1\.1\r\n/);
      expect(one?.header('accept')).to.equal('text/event-stream');
      expect(one?.header('cache-control')).to.equal('no-cache');
      expect(one?.header('rxsse-client')).to.equal('1');
      expect(one?.header('last-event-id')).to.equal(undefined);
    }));

  it('has the method, headers and body of the options, each time', () =>
    rawServer([ended(tick(1), resumes), ended(end)], async ({ url, requests }) => {
      const options = { method: 'POST', headers: { 'X-Key': 'k', Accept: 'text/*' }, body: '{"q":1}' };
      await valuesOf(readTicks(url, options));
      for (const one of requests) {
        expect(one.head).to.match(/^POST \/ /);
        expect([one.header('x-key'), one.header('accept'), one.body]).to.deep.equal(['k', 'text/*', '{"q":1}']);
      }
      expect(requests).to.have.length(2);
    }));

  it('has a body created for each request', () =>
    rawServer([ended(tick(1), resumes), ended(end)], async ({ url, requests }) => {
      const body = () => new Blob(['made']).stream();
      await valuesOf(readTicks(url, { method: 'PUT', body }));
      expect(requests.map((one) => one.body)).to.deep.equal(Array(2).fill('4\r\nmade\r\n0\r\n\r\n'));
    }));

  it('is a clone of a Request with its body, each time', () =>
    rawServer([ended(tick(1), resumes), ended(end)], async ({ url, requests }) => {
      const request = new Request(url, { method: 'POST', body: 'b', headers: { 'X-Key': 'k', 'X-Both': 'request' } });
      await valuesOf(readTicks(request, { headers: { 'X-Both': 'options' } }));
      expect(requests.map((one) => [one.body, one.header('x-key'), one.header('x-both')])).to.deep.equal(
        Array(2).fill(['b', 'k', 'options']),
      );
      expect(requests.map((one) => one.header('last-event-id'))).to.deep.equal([undefined, '1']);
    }));

  it('is sent by a custom fetch', () =>
    rawServer([ended(tick(1) + end)], async ({ url }) => {
      const urls: unknown[] = [];
      const stream = readTicks('app://orders', {
        fetch: (input, init) => {
          urls.push(input);
          return fetch(url, init);
        },
      });
      expect(await valuesOf(stream)).to.deep.equal([Tick(1)]);
      expect(urls).to.deep.equal(['app://orders']);
    }));

  it('is sent for each subscriber', () =>
    rawServer([ended(tick(1) + end), ended(tick(2) + end)], async ({ url, requests }) => {
      const stream = readTicks(url);
      expect(requests).to.have.length(0);
      expect(await valuesOf(stream)).to.deep.equal([Tick(1)]);
      expect(await valuesOf(stream)).to.deep.equal([Tick(2)]);
      expect(requests.map((one) => one.header('last-event-id'))).to.deep.equal([undefined, undefined]);
    }));

  it('does not announce a client that may be rejected if the client is strict', () =>
    rawServer([ended(end)], async ({ url, requests }) => {
      await valuesOf(readTicks(url, { strictEventSource: true }));
      expect(requests[0]?.header('rxsse-client')).to.equal(undefined);
    }));

  describe('sends as Last-Event-ID', () => {
    const ids: readonly (readonly [what: string, id: string, sent: string | undefined])[] = [
      ['ASCII unchanged', '1.WXqtiJElw9PvZXQ0.7', '1.WXqtiJElw9PvZXQ0.7'],
      ['other text as its UTF-8 bytes', 'é語🙂', bytes('é語🙂')],
      ['a tab inside the id', 'a\tb', 'a\tb'],
      ['nothing for a control character', 'a\u0001b', undefined],
      ['nothing for DEL', 'a\u007fb', undefined],
      ['an id without the spaces before it, as browsers do', '  a', 'a'],
      ['an id without the spaces after it', 'a ', 'a'],
      ['an id of 4096 bytes', 'é'.repeat(2048), bytes('é'.repeat(2048))],
      ['nothing for an id of more bytes, which no server would take', `${'é'.repeat(2048)}a`, undefined],
      ['a BOM and text that looks like a header', '\uFEFFX-Key: 1', bytes('\uFEFFX-Key: 1')],
    ];
    for (const [what, id, sent] of ids) {
      it(`${what}, from the stream`, () =>
        rawServer([ended(`id: ${id}\n\n`), ended(end)], async ({ url, requests }) => {
          await valuesOf(readTicks(url, { onError: () => {} }));
          expect(requests[1]?.header('last-event-id')).to.equal(sent);
        }));

      it(`${what}, from the options`, () =>
        rawServer([ended(end)], async ({ url, requests }) => {
          await valuesOf(readTicks(url, { lastEventId: id, onError: () => {} }));
          expect(requests[0]?.header('last-event-id')).to.equal(sent);
        }));
    }

    it('the previous id if the stream sends one with NUL', () =>
      rawServer([ended('id: 1\n\nid: 2\0\n\n'), ended(end)], async ({ url, requests }) => {
        await valuesOf(readTicks(url));
        expect(requests[1]?.header('last-event-id')).to.equal('1');
      }));

    it('nothing if no header can carry the option', () =>
      rawServer([ended(end)], async ({ url, requests }) => {
        for (const lastEventId of ['a\r\nX-Key: 1', 'a\0b', '', null, undefined, () => null]) {
          await valuesOf(readTicks(url, { lastEventId, onError: () => {} }));
        }
        expect(requests.map((one) => one.header('last-event-id'))).to.deep.equal(Array(6).fill(undefined));
        expect(requests.map((one) => one.header('x-key'))).to.deep.equal(Array(6).fill(undefined));
      }));
  });
});
