import { expect } from 'chai';
import { marbles } from '../../lib/testing/marbles.ts';
import { comment, type Frame, message, retry } from '../../lib/wire/Frame.ts';
import { failureOf } from './failureOf.ts';
import { send } from './sinks.ts';

const named = (data: unknown) => message({ event: 'tick', data });

describe('a value of expectFrames', () => {
  /** The difference between a frame that was sent and the value expected of it, if any. */
  function difference(sent: Frame, expected: unknown): string {
    try {
      marbles(({ cold, reader, expectFrames }) => {
        expectFrames(reader(send(cold('(f|)', { f: sent })))).toBe('(f|)', { f: expected });
      })();
      return 'same';
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  }

  it('is compared by event, data and retry when it is a frame', () => {
    expect(
      difference(
        message({ id: '1', event: 'a', data: { n: 1 }, retry: 2 }),
        message({ event: 'a', data: { n: 1 }, retry: 2 }),
      ),
    ).to.equal('same');
    expect(difference(message({ event: 'a', data: 1 }), message({ event: 'b', data: 1 }))).to.contain(
      "A  { data: 1, event: 'a' }",
    );
    expect(difference(message({ data: 1 }), message({ data: 2 }))).to.contain('A  { data: 1 }');
    expect(difference(message({ data: 1, retry: 2 }), message({ data: 1 }))).to.contain('A  { data: 1, retry: 2 }');
    expect(difference(message({ text: 'x' }), message({ data: 'x' }))).to.contain("A  { text: 'x' }");
    expect(difference(comment('a'), comment('b'))).to.contain("A  { comment: 'a' }");
    expect(difference(comment('1'), message({ data: 1 }))).to.contain("A  { comment: '1' }");
    expect(difference(named(1), retry(1))).to.contain('f  { retry: 1 }');
  });

  it('is compared with its id when it has one', () => {
    expect(difference(message({ id: '1', data: 1 }), message({ id: '1', data: 1 }))).to.equal('same');
    expect(difference(message({ id: '1', data: 1 }), message({ id: '2', data: 1 }))).to.contain(
      "A  { data: 1, id: '1' }",
    );
    expect(difference(message({ data: 1 }), message({ id: '2', data: 1 }))).to.contain('A  { data: 1 }');
  });

  it('is JSON without a name when it is any other value, dates included', () => {
    expect(difference(message({ data: { at: new Date(0), b: [1] } }), { b: [1], at: new Date(0) })).to.equal('same');
    expect(difference(message({ data: 'f' }), 'f')).to.equal('same');
    expect(difference(named('f'), 'f')).to.contain("A  { data: 'f', event: 'tick' }");
    expect(difference(message({ data: 1 }), undefined)).to.contain('expectFrames: f must be JSON');
  });

  it('is the event of that name when it is { type, data }, or the whole data of a frame without a name', () => {
    expect(difference(named({ n: 1 }), { type: 'tick', data: { n: 1 } })).to.equal('same');
    expect(difference(message({ data: { type: 'tick', data: 1 } }), { type: 'tick', data: 1 })).to.equal('same');
    expect(difference(named(1), { type: 'tick', data: 2 })).to.contain("A  { data: 1, event: 'tick' }");
    expect(difference(comment(), { type: 'tick', data: 2 })).to.contain("f  { data: 2, event: 'tick' }");
  });

  it('is required for its letter', () => {
    const run = marbles(({ reader, expectFrames }) => {
      expectFrames(reader(() => {})).toBe('ab', { a: 1 });
    });
    expect(failureOf(run).message).to.equal('expectFrames: the diagram has b, which is missing in the values; add it');
  });
});
