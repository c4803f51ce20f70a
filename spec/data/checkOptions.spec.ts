import { expect } from 'chai';
import { checkOptions, suggestion } from '../../lib/data/checkOptions.ts';

describe('checkOptions', () => {
  const kinds = { heartbeat: 'number', wire: 'string' };
  const refused = (options: object) => () => checkOptions('sse', options, kinds);

  it('names a similar option for one that is unknown', () => {
    expect(refused({ heartBeats: 1 })).to.throw(
      TypeError,
      /^sse: unknown option heartBeats; did you mean heartbeat\?$/,
    );
  });

  it('names none where no option is similar', () => {
    expect(refused({ ping: 1 })).to.throw(TypeError, /^sse: unknown option ping$/);
  });
});

describe('suggestion', () => {
  const names = ['echo', 'order_paid', 'order_shipped', 'up'];

  for (const [name, nearest] of [
    ['ecko', 'echo'],
    ['echoes', 'echo'],
    ['ehco', 'echo'],
    ['cho', 'echo'],
    ['OrderPaid', 'order_paid'],
    ['order_payd', 'order_paid'],
    ['order_shiped', 'order_shipped'],
    ['uo', 'up'],
  ]) {
    it(`is ${nearest} for ${name}`, () =>
      expect(suggestion(name as string, names)).to.equal(`; did you mean ${nearest}?`));
  }

  for (const [what, name] of [
    ['a name with three letters that differ', 'ordr_shpe'],
    ['a name of which no letter is the same', 'ok'],
    ['an empty name', ''],
    ['a name that is much longer', 'order_paid'.repeat(1e5)],
  ]) {
    it(`is none for ${what}`, () => expect(suggestion(name as string, names)).to.equal(''));
  }

  it('is the one with the fewest letters that differ, and the first of several', () => {
    expect(suggestion('tick', ['ticket', 'ticks', 'tics'])).to.equal('; did you mean ticks?');
  });

  it('is none where there are no names', () => expect(suggestion('tick', [])).to.equal(''));
});
