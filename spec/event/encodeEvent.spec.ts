import { expect } from 'chai';
import * as t from 'io-ts';
import { checkSize, encodeEvent, encodeLogged } from '../../lib/event/encodeEvent.ts';
import { DecodeError, event, events, LimitError } from '../../lib/index.ts';
import { comment, message, retry } from '../../lib/wire/Frame.ts';

const Ticks = events({ Tick: { n: t.number } });
const Bell = event('bell', t.string);

describe('encodeEvent', () => {
  const tick = { event: 'tick', data: '{"n":1}', retry: undefined };

  it('encodes by the definition that created the event, by the one of its name, or as JSON without a name', () => {
    expect(encodeEvent(Ticks.Tick({ n: 1 }), Ticks)).to.include(tick);
    expect(encodeEvent({ type: 'tick', data: { n: 1 } }, Ticks)).to.include(tick);
    expect(encodeEvent(Bell('now'), undefined)).to.include({ event: 'bell', data: '"now"', retry: undefined });
    expect(encodeEvent([1], undefined)).to.deep.equal({ event: undefined, data: '[1]', retry: undefined });
    const plain = { type: 'tick', data: { n: 1 } };
    expect(encodeEvent(plain, undefined)).to.deep.equal({
      event: undefined,
      data: JSON.stringify(plain),
      retry: undefined,
    });
  });

  it('returns a frame as it is', () => {
    for (const frame of [message({ text: 'a' }), comment('c'), retry(5)]) {
      expect(encodeEvent(frame, Ticks)).to.equal(frame);
    }
  });

  it('rejects an event that does not match the contract', () => {
    expect(() => encodeEvent({ type: 'bell', data: 'now' }, Ticks)).to.throw(DecodeError, 'got another name');
    expect(() => encodeEvent({ type: 'tick', data: { n: 'one' } }, Ticks)).to.throw(DecodeError, 'tick.data');
    expect(() => encodeEvent(5, Ticks)).to.throw(DecodeError, 'got number');
  });

  it('encodes every value for a log except comments, retries and messages with an id', () => {
    const words = message({ event: 'words', text: 'a\nb' });
    expect(encodeLogged(words, Ticks)).to.equal(words);
    expect(encodeLogged(Ticks.Tick({ n: 1 }), Ticks)).to.include(tick);
    expect([encodeLogged(comment('c'), Ticks), encodeLogged(retry(5), Ticks)]).to.deep.equal([undefined, undefined]);
    expect(() => encodeLogged(message({ id: '1', text: 'a' }), Ticks)).to.throw(TypeError, 'an id of its own');
  });

  it('rejects an event over a size in bytes', () => {
    const encoded = { event: 'tick', data: 'é1', retry: undefined };
    expect(() => checkSize(encoded, 3)).to.not.throw();
    expect(() => checkSize(encoded, 2)).to.throw(LimitError, 'tick');
  });
});
