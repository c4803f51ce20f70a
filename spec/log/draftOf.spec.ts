import { expect } from 'chai';
import * as t from 'io-ts';
import { DecodeError, EventSizeError, event, events } from '../../lib/index.ts';
import { checkSize } from '../../lib/log/checkSize.ts';
import { draftOf, placeable } from '../../lib/log/draftOf.ts';
import { comment, message, retry } from '../../lib/wire/Frame.ts';

const Ticks = events({ Tick: { n: t.number } });
const Bell = event('bell', t.string);

describe('the draft of a value', () => {
  const tick = { event: 'tick', data: '{"n":1}', retry: undefined };

  it('is by the definition that made it, by the one of its name, or the JSON text under no name', () => {
    expect(draftOf(Ticks.Tick({ n: 1 }), Ticks)).to.deep.equal(tick);
    expect(draftOf({ type: 'tick', data: { n: 1 } }, Ticks)).to.deep.equal(tick);
    expect(draftOf(Bell('now'), undefined)).to.deep.equal({ event: 'bell', data: '"now"', retry: undefined });
    expect(draftOf([1], undefined)).to.deep.equal({ event: undefined, data: '[1]', retry: undefined });
    const plain = { type: 'tick', data: { n: 1 } };
    expect(draftOf(plain, undefined)).to.deep.equal({
      event: undefined,
      data: JSON.stringify(plain),
      retry: undefined,
    });
  });

  it('is a frame as it is', () => {
    for (const frame of [message({ text: 'a' }), comment('c'), retry(5)]) {
      expect(draftOf(frame, Ticks)).to.equal(frame);
    }
  });

  it('is none of what is not as the contract says', () => {
    expect(() => draftOf({ type: 'bell', data: 'now' }, Ticks)).to.throw(DecodeError, 'got another name');
    expect(() => draftOf({ type: 'tick', data: { n: 'one' } }, Ticks)).to.throw(DecodeError, 'tick.data');
    expect(() => draftOf(5, Ticks)).to.throw(DecodeError, 'got number');
  });

  it('can be placed, unless it is a comment or a retry, or has an id already', () => {
    const words = message({ event: 'words', text: 'a\nb' });
    expect(placeable(words, Ticks)).to.equal(words);
    expect(placeable(Ticks.Tick({ n: 1 }), Ticks)).to.deep.equal(tick);
    expect([placeable(comment('c'), Ticks), placeable(retry(5), Ticks)]).to.deep.equal([undefined, undefined]);
    expect(() => placeable(message({ id: '1', text: 'a' }), Ticks)).to.throw(TypeError, 'an id of its own');
  });

  it('is refused over a size in bytes', () => {
    const given = { event: 'tick', data: 'é1', retry: undefined };
    expect(() => checkSize(given, 3)).to.not.throw();
    expect(() => checkSize(given, 2)).to.throw(EventSizeError, 'tick');
  });
});
