import { expect } from 'chai';
import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { DateFromISOString } from '../../lib/codec/DateFromISOString.ts';
import { withDefault } from '../../lib/codec/withDefault.ts';
import { decodeInput } from '../../lib/event/decodeEvent.ts';
import { event } from '../../lib/event/event.ts';
import { definitionOf } from '../../lib/event/stamp.ts';

const noon = new Date('2026-05-01T12:00:00Z');
const Echo = event('echo', { message: t.string, created_at: withDefault(DateFromISOString, () => noon) });

describe('decodeInput', () => {
  it('fills defaults in the data that a client sent', () => {
    const right = { type: 'echo', data: { message: 'hello', created_at: noon } };
    expect(decodeInput(Echo, { message: 'hello', role: 'admin' })).to.deep.equal({ _tag: 'Right', right });
    const decoded = decodeInput(Echo, { message: 'hello' });
    expect(isRight(decoded) && definitionOf(decoded.right)).to.equal(Echo);
  });

  it('decodes a field that was sent', () => {
    const decoded = decodeInput(Echo, { message: 'hello', created_at: '1970-01-01T00:00:00Z' });
    expect(isRight(decoded) && decoded.right.data).to.deep.equal({ message: 'hello', created_at: new Date(0) });
  });

  it('names every failure', () => {
    expect(decodeInput(Echo, { created_at: 5 })).to.deep.equal({
      _tag: 'Left',
      left: [
        { path: 'echo.data.message', expected: 'string', got: 'undefined' },
        {
          path: 'echo.data.created_at',
          expected: 'a date and time with an offset, such as 2026-01-31T12:00:00Z',
          got: 'number',
        },
      ],
    });
  });

  it('throws for a default that does not match its codec, which is a mistake in the program', () => {
    const Broken = event('broken', { at: withDefault(DateFromISOString, () => new Date(Number.NaN)) });
    expect(() => decodeInput(Broken, {})).to.throw(TypeError, 'broken.data.at: its default is not DateFromISOString');
  });
});
