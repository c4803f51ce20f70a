import { expect } from 'chai';
import { corpusOf } from './corpus.ts';
import { failureOf, fuzz } from './fuzz.ts';
import { targets } from './targets.ts';

describe('the stored inputs of the fuzzer', () => {
  for (const target of targets) {
    it(`pass for ${target.name}`, () => {
      const inputs = [...target.examples.map((text) => Buffer.from(text)), ...corpusOf(target)];
      expect(inputs).to.have.length.above(7);
      for (const input of inputs) expect(failureOf(target, input), JSON.stringify(String(input))).to.equal(undefined);
    });
  }
});

describe('fuzzing', () => {
  const textOf = (input: Uint8Array): string => Buffer.from(input).toString('latin1');

  it('finds an input that fails, and shrinks it', () => {
    const check = (input: Uint8Array): void => {
      if (/a.*b/s.test(textOf(input))) throw new Error('both');
    };
    const target = { name: 'test', examples: ['x'], words: ['xxa', 'bxx'], check };
    const { failure } = fuzz(target, { seed: 1, isOver: (runs) => runs > 10_000, corpus: [] });
    expect(failure && textOf(failure.input)).to.equal('ab');
    expect(failure?.message).to.include('both');
  });

  it('stores the inputs that run code which no other ran', async () => {
    // V8 counts the blocks of functions that it compiles after the start: those of a module that nothing has run.
    const fresh = '../../../lib/event/cursor.ts?fuzz';
    const { parseCursor } = (await import(fresh)) as typeof import('../../../lib/event/cursor.ts');
    const check = (input: Uint8Array): void => void parseCursor(textOf(input));
    const target = { name: 'test', examples: [''], words: [], check };
    const corpus = ['x', 'y', '1.a.1', '1.a.2', 'x'.repeat(99)].map((text) => Buffer.from(text));
    const stored = fuzz(target, { seed: 1, isOver: () => true, corpus }).corpus.map(textOf);
    expect(stored).to.deep.equal(['1.a.1', 'x'.repeat(99)]);
  });
});
