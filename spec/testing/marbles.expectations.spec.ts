import { expect } from 'chai';
import { NEVER, of } from 'rxjs';
import { sse } from '../../lib/adapter/node/sse.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { comment } from '../../lib/wire/Frame.ts';
import { failureOf, firstLineOf, lineAfterThis } from './failureOf.ts';

describe('an expectation', () => {
  it('fails at its own line without a toBe', () => {
    let line = '';
    const stream = failureOf(
      marbles(({ expectObservable }) => {
        line = lineAfterThis();
        expectObservable(NEVER);
      }),
    );
    expect(stream.message).to.equal('expectObservable: it has no toBe, so it expects nothing: add .toBe(...)');
    expect(firstLineOf(stream)).to.equal(line);

    const subscriptions = failureOf(
      marbles(({ hot, expectSubscriptions }) => {
        expectSubscriptions(hot('-').subscriptions);
      }),
    );
    expect(subscriptions.message).to.match(/^expectSubscriptions: it has no toBe/);
  });

  it('fails at the line of its toBe, and the first difference is reported', () => {
    let line = '';
    const failure = failureOf(
      marbles(({ hot, expectObservable, expectSubscriptions }) => {
        const source = hot('-a-|');
        const first = expectObservable(source);
        const second = expectSubscriptions(source.subscriptions);
        const third = expectObservable(source);
        first.toBe('-a-|');
        third.toBe('-b-|');
        line = lineAfterThis();
        second.toBe(['^--!', '^-!']);
      }),
    );
    expect(failure.message).to.match(/^expectSubscriptions: the first difference is at 2 ms/);
    expect(firstLineOf(failure)).to.equal(line);
    expect(failure.name).to.equal('AssertionError');
  });

  it('draws both diagrams near the first difference, and passes both lists to the test runner', () => {
    const { message, actual, expected, showDiff } = failureOf(
      marbles(({ cold, expectObservable }) => {
        const values = { a: { n: 1 }, b: { n: 2 }, c: { n: 3 } };
        expectObservable(cold('-a 9s b-(cc|)', values)).toBe('-a 9s b-(cb|)', values);
      }),
    );
    expect(message.split('\n')).to.deep.equal([
      'expectObservable: the first difference is at 9004 ms',
      '',
      '            1ms  9002ms  9004ms',
      '  expected  a    b       (cb|)',
      '  actual    a    b       (cc|)',
      '',
      '  a  { n: 1 }',
      '  b  { n: 2 }',
      '  c  { n: 3 }',
      '',
    ]);
    expect(showDiff).to.equal(true);
    expect(expected).to.equal(
      '1ms next { n: 1 }\n9002ms next { n: 2 }\n9004ms next { n: 3 }\n9004ms next { n: 2 }\n9004ms complete',
    );
    expect(actual).to.contain('9004ms next { n: 3 }\n9004ms next { n: 3 }\n');
  });

  it('omits the values far from the difference, and chooses letters for values that the test does not name', () => {
    const { message } = failureOf(
      marbles(({ cold, expectObservable }) => {
        expectObservable(cold('abcdefghijklmno', { ...letters('abcdefghijklmno'), h: 'other', o: 'far' })).toBe(
          'abcdefghijklmno',
        );
      }),
    );
    expect(message).to.contain('\n  expected  …  d    e    f    g    h    i    j    k     l     …\n');
    expect(message).to.contain('\n  actual    …  d    e    f    g    A    i    j    k     l     …\n');
    expect(message).to.contain("\n  A  'other'\n").and.not.to.contain('far');
  });

  it('draws with the letters of the test, also with those that its diagram does not use', () => {
    const values = { a: 'first', A: 'never', x: { n: 1 }, h: comment() };
    const streams = failureOf(
      marbles(({ cold, expectObservable }) => {
        expectObservable(cold('abc', { a: 'first', b: { n: 1 }, c: 'new' })).toBe('a', values);
      }),
    );
    expect(streams.message).to.contain('\n  expected  a    -    -\n  actual    a    x    B\n');
    expect(streams.message).to.contain("\n  a  'first'\n  x  { n: 1 }\n  B  'new'\n");
    const frames = failureOf(
      marbles(({ cold, reader, expectFrames }) => {
        const route = sse({ heartbeat: 5 }, cold('a 7ms (b|)', { a: 'first', b: { n: 1 } }));
        expectFrames(reader(route)).toBe('a 7ms |', values);
      }),
    );
    expect(frames.message).to.contain('\n  actual    a    h    (x|)\n');
  });

  it('compares errors, dates and NaN by value', () => {
    const at = (ms: number) => ({ a: new Date(ms), b: Number.NaN });
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('ab#', at(1), new Error('x'))).toBe('ab#', at(1), new Error('x'));
    })();
    const run = (ms: number, error: Error) =>
      marbles(({ cold, expectObservable }) => {
        expectObservable(cold('ab#', at(1), error)).toBe('ab#', at(ms), new Error('x'));
      });
    expect(failureOf(run(2, new Error('x'))).message).to.contain('difference is at 0 ms');
    expect(failureOf(run(1, new Error('y'))).message).to.contain('difference is at 2 ms');
  });

  it('has one diagram: a second toBe throws, and the first one is still checked', () => {
    const twice = (test: Parameters<typeof marbles>[0]) => failureOf(marbles(test));
    const again =
      /^expect(Observable|Subscriptions|Frames): toBe or toEqual was called already; create another expectation/;
    for (const failure of [
      twice(({ cold, expectObservable }) => {
        const expectation = expectObservable(cold('a|'));
        expectation.toBe('b|');
        expectation.toBe('a|');
      }),
      twice(({ cold, expectObservable }) => {
        const expectation = expectObservable(cold('a|'));
        expectation.toEqual(cold('b|'));
        expectation.toEqual(cold('a|'));
      }),
      twice(({ hot, expectSubscriptions }) => {
        const expectation = expectSubscriptions(hot('a').subscriptions);
        expectation.toBe('^');
        expectation.toBe([]);
      }),
      twice(({ reader, expectFrames }) => {
        const expectation = expectFrames(reader(() => {}));
        expectation.toBe('a');
        expectation.toBe('');
      }),
    ]) {
      expect(failure).to.be.instanceOf(TypeError);
      expect(failure.message).to.match(again);
    }
  });

  it('needs a value for each letter when it has values', () => {
    const run = (values: Record<string, unknown>) =>
      marbles(({ cold, expectObservable }) => {
        expectObservable(cold('ab|', { a: 1, b: undefined })).toBe('ab|', values);
      });
    expect(failureOf(run({ a: 1 })).message).to.equal(
      'expectObservable: the diagram has b, which is missing in the values; add it',
    );
    run({ a: 1, b: undefined })();
  });

  it('is checked by flush as well', () => {
    let reached = false;
    const failure = failureOf(
      marbles(({ flush, expectObservable }) => {
        expectObservable(of(1)).toBe('-');
        flush();
        reached = true;
      }),
    );
    expect(failure.message).to.match(/^expectObservable/);
    expect(reached).to.equal(false);
  });
});

function letters(text: string): Record<string, string> {
  return Object.fromEntries([...text].map((letter) => [letter, letter]));
}
