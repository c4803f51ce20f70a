import { expect } from 'chai';
import express from 'express';
import { feed, sse } from 'rxsse';
import { publish, Ticks } from '../http/ticks.ts';
import { withPage } from '../support/chromium.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';
import { clientPage } from './clientPage.ts';

/** Reads one route as an Observable of the platform, in the forms of the recipe, and puts one into operators. */
const script = `
  import { mergeEvents } from './lib/operator/mergeEvents.ts';
  import { toAsyncIterable } from './lib/operator/toAsyncIterable.ts';
  import { readSse } from './lib/client/index.ts';

  const wrapped = (url) =>
    new Observable((subscriber) => {
      const subscription = fromSse(url, Ticks).subscribe(subscriber);
      subscriber.addTeardown(() => subscription.unsubscribe());
    });
  const left = [];
  const clicks = new Observable((subscriber) => {
    subscriber.addTeardown(() => left.push(subscriber.signal.aborted));
    subscriber.next('a');
    subscriber.next('b');
  });
  const first = [];
  const merged = mergeEvents({ clicks }).subscribe((value) => first.push(value));
  merged.unsubscribe();
  const loop = async () => {
    const seen = [];
    for await (const value of toAsyncIterable(clicks, { overflow: 'fail' })) {
      seen.push(value);
      if (seen.length === 2) return seen;
    }
  };
  globalThis.run = async () => ({
    wrapped: await wrapped('/ticks').take(3).map(({ data }) => data).toArray(),
    from: await Observable.from(readSse('/ticks', Ticks)).take(3).map(({ data }) => data).toArray(),
    first,
    loop: await loop(),
    left,
  });
`;

describe('an Observable of the platform in Chromium', function () {
  this.timeout(60_000);
  const chromium = requires('chromium');

  it('is made of the client in one line, and taken by operators, which abort its signal', async () => {
    const ticks = feed(Ticks);
    await publish(ticks, 1, 2, 3);
    const app = express();
    const page = await clientPage(script);
    app.get('/', (_request, response) => void response.type('html').send(page));
    app.get('/ticks', sse({ resume: { from: 'oldest' } }, ticks));
    await listen(app, (url) =>
      withPage(chromium(), async (opened) => {
        await opened.page.goto(url);
        const result = await opened.page.evaluate('run()');
        expect(result).to.deep.equal({
          wrapped: [1, 2, 3],
          from: [1, 2, 3],
          first: ['a', 'b'],
          loop: ['a', 'b'],
          left: [true, true],
        });
        // The two clients end their own requests.
        expect(opened.complaints.filter((text) => !text.includes('ERR_ABORTED'))).to.deep.equal([]);
      }),
    );
  });
});
