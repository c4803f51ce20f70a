import { expect } from 'chai';
import { of } from 'rxjs';
import { sse } from '../../lib/index.ts';
import { asyncMarbles } from '../../lib/testing/asyncMarbles.ts';
import { expectNoLeaks } from '../../lib/testing/expectNoLeaks.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { property } from '../../lib/testing/property.ts';
import { failureOf } from './failureOf.ts';

describe('a route that waits for a promise, in a test without promises', () => {
  it('fails with the name of the test function that waits', () => {
    const test = marbles(({ reader, expectFrames }) => {
      const route = sse({ state: async () => 'ann' }, of('a'));
      expectFrames(reader(route)).toBe('(a|)', { a: 'a' });
    });
    expect(failureOf(test).message).to.contain('where it waits for a promise, use asyncMarbles');
  });

  it('fails with the name of that function where a stream that has started waits and cannot end', () => {
    const words = async function* () {
      yield 'a';
      await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const test = marbles(({ reader, expectFrames }) => {
      expectFrames(reader(sse(words))).toBe('a 4ms |', { a: 'a' });
    });
    expect(failureOf(test).message).to.match(/^marbles: .* left at .*waits for a promise, .* needs asyncMarbles$/s);
  });

  it('fails with what to do instead when the test is a function for routes', () => {
    const route = sse({ state: async () => 'ann' }, of('a'));
    const instead =
      /where (the route|it) waits for a promise, create it in this test with a function that does not, or use/;
    expect(failureOf(property(() => route)).message).to.match(instead);
    expect(failureOf(() => expectNoLeaks(route)).message).to.match(instead);
  });

  it(
    'is tested with promises by a reader that reconnects',
    asyncMarbles(async ({ eventSource, expectFrames, hot }) => {
      const words = hot('5ms a 9ms b 4ms |', { a: 'a', b: 'b' });
      const shared = sse({ state: async () => 'ann', resume: { linger: 20 }, retry: 3 }, async () => words);
      expectFrames(eventSource(shared, { socket: '10ms X' })).toBe('5ms a 9ms b 7ms |', { a: 'a', b: 'b' });
    }),
  );
});
