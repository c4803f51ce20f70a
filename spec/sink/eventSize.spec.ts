import { expect } from 'chai';
import * as t from 'io-ts';
import { of } from 'rxjs';
import { events, feed, LimitError, mapEvents, receive, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/index.ts';
import { linesOf, post } from '../adapter/posting.ts';
import { received } from '../feed/received.ts';

const Texts = events({ Text: t.string });
const text = (length: number, letter = 'x') => Texts.Text(letter.repeat(length));

describe('the size of an event', () => {
  it(
    'is bounded to the byte in a stream without a log, and the error has the name and the bound',
    marbles(({ reader, flush }) => {
      const reported: unknown[] = [];
      const options = { maxEventBytes: 12, onError: (error: unknown) => void reported.push(error) };
      // JSON adds two quotes.
      const fits = reader(sse(options, of(text(10))));
      const wide = reader(sse(options, of(text(5, 'ä'))));
      const large = reader(sse(options, of(text(3), text(11), text(3))));
      const wider = reader(sse({ ...options, maxHeadDelay: 1 }, of(text(6, 'ä'))));
      flush();
      expect(received(fits)).to.deep.equal(['"xxxxxxxxxx"', 'end']);
      expect(received(wide)).to.deep.equal(['"äääää"', 'end']);
      expect(large.error).to.be.instanceOf(LimitError);
      expect(wider.error).to.be.instanceOf(LimitError).and.include({ kind: 'event-size', subject: 'text', limit: 12 });
      expect(String(large.error)).to.include('text').and.to.include('12 bytes').and.not.to.include('xxx');
    }),
  );

  it(
    'is bounded in the event that a pipeline maps an entry to',
    marbles(({ reader, flush }) => {
      const notices: unknown[] = [];
      const shared = feed(Texts);
      shared.publish([text(3), text(4)]);
      const route = sse(
        { maxEventBytes: 12, resume: { from: 'oldest' }, onError: (error: unknown) => void notices.push(error) },
        (context) => shared.read(context).pipe(mapEvents(({ data }) => text(data.length === 4 ? 40 : 3))),
      );
      const r = reader(route);
      flush();
      expect(received(r)).to.deep.equal(['position', '"xxx"']);
      expect(notices).to.have.length(1);
      expect(notices[0]).to.be.instanceOf(LimitError);
      expect(r.cutAt).to.equal(0);
    }),
  );

  it('is bounded in a feed, which rejects the publication and stores nothing of its batch', async () => {
    const shared = feed(Texts, { maxEventBytes: 12 });
    let refused: unknown;
    await shared.publish([text(3), text(11)]).then(undefined, (error) => {
      refused = error;
    });
    expect(refused).to.be.instanceOf(LimitError);
    expect(await shared.publish(text(10))).to.match(/\.1$/);
    shared.close();
  });

  it(
    'is bounded in the source of a feed, which reports and drops the event and continues',
    marbles(({ hot, reader, flush }) => {
      const notices: unknown[] = [];
      const source = hot('1ms a 1ms b 1ms a', { a: text(3), b: text(11) });
      const onError = (error: unknown) => void notices.push(error);
      const r = reader(sse(feed(Texts, { source, maxEventBytes: 12, onError })), { socket: '9ms X' });
      flush();
      expect(received(r)).to.deep.equal(['position', '"xxx"', '"xxx"']);
      expect(notices).to.have.length(1);
      expect(notices[0]).to.be.instanceOf(LimitError);
    }),
  );

  it(
    'is bounded in a posted event: the response is 413 with the name of the event',
    marbles((kit) => {
      const answer = post(kit, receive(feed(Texts, { maxEventBytes: 12 })), { type: 'text', data: 'x'.repeat(40) });
      expect(answer.status).to.equal(413);
      expect(linesOf(answer)).to.deep.equal(['text: expected at most 12 bytes of data, got more']);
    }),
  );

  it('is bounded by 1 MiB by default, and unbounded with Infinity', async () => {
    const mebibyte = 1024 * 1024;
    const shared = feed(Texts);
    expect(await shared.publish(text(mebibyte - 2))).to.match(/\.1$/);
    await shared.publish(text(mebibyte)).then(
      () => expect.fail('it was taken'),
      (error) => expect(error).to.be.instanceOf(LimitError),
    );
    shared.close();
    const free = feed(Texts, { maxEventBytes: Infinity });
    expect(await free.publish(text(mebibyte))).to.match(/\.1$/);
    free.close();
  });
});
