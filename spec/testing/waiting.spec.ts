import { expect } from 'chai';
import { of } from 'rxjs';
import { sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { failureOf } from './failureOf.ts';

describe('a route that waits for a promise, in a test without promises', () => {
  it('fails with the name of the test function that waits', () => {
    const test = marbles(({ reader, expectFrames }) => {
      const route = sse({ state: async () => 'ann' }, of('a'));
      expectFrames(reader(route)).toBe('(a|)', { a: 'a' });
    });
    expect(failureOf(test).message).to.contain('where it waits for a promise, use asyncMarbles');
  });
});
