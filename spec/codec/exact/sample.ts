import { expect } from 'chai';
import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { describeFailure } from '../../../lib/codec/describeFailure.ts';
import { CheckedEvent } from '../../../lib/event/encodeEvent.ts';
import { event } from '../../../lib/event/event.ts';

/** Returns the data that an event of that shape sends. */
export function sent(shape: t.Mixed | t.Props, data: unknown): unknown {
  const definition = event('x', shape);
  const made = Reflect.apply(definition, undefined, [data]);
  const text = new CheckedEvent(definition, made).data;
  expect(JSON.parse(JSON.stringify(definition.codec.encode(made)))).to.deep.equal({
    type: 'x',
    data: JSON.parse(text),
  });
  return JSON.parse(text);
}

/** Returns the decoded data of an event of that shape, or the number of failures. */
export function received(shape: t.Mixed | t.Props, data: unknown): unknown {
  const decoded = event('x', shape).codec.decode({ type: 'x', data });
  if (decoded._tag === 'Left') return decoded.left.length;
  return decoded.right.data;
}

export const user = t.type({ name: t.string }, 'User');
export const known = { name: 'Ada' };
export const leaky = { name: 'Ada', password: 'secret' };

interface Tree {
  readonly name: string;
  readonly children: readonly Tree[];
}
export const tree: t.Type<Tree> = t.recursion('Tree', () =>
  t.type({ name: t.string, children: t.readonlyArray(tree) }),
);

/** Expects a TypeError with this message for an event of that shape. */
export const refused = (shape: t.Mixed | t.Props, message: string): void => {
  expect(() => event('x', shape))
    .to.throw(TypeError)
    .with.property('message')
    .that.contains(message);
};

/** Returns the lines of the failure to decode a value as the data of an event. */
export const lines = (codec: t.Mixed, value: unknown): readonly string[] => {
  const decoded = event('x', codec).payload.decode(value);
  return isRight(decoded) ? [] : describeFailure(decoded.left, 'x');
};

/** Returns the message of the error of a constructor, or an empty string. */
export const messageOf = (shape: t.Mixed | t.Props, data: unknown): string => {
  try {
    Reflect.apply(event('x', shape), undefined, [data]);
    return '';
  } catch (error) {
    return String(Reflect.get(Object(error), 'message'));
  }
};
