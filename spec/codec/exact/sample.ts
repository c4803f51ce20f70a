import { expect } from 'chai';
import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { describeFailure } from '../../../lib/codec/describeFailure.ts';
import { CheckedEvent } from '../../../lib/event/encodeEvent.ts';
import { event } from '../../../lib/event/event.ts';

/** What an event of that shape sends of the data. */
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

/** What it keeps of what it receives. */
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

/** Proves that no event has the shape, and why. */
export const refused = (shape: t.Mixed | t.Props, message: string): void => {
  expect(() => event('x', shape))
    .to.throw(TypeError)
    .with.property('message')
    .that.contains(message);
};

/** Why the codec of an event does not take a value from outside. */
export const lines = (codec: t.Mixed, value: unknown): readonly string[] => {
  const decoded = event('x', codec).payload.decode(value);
  return isRight(decoded) ? [] : describeFailure(decoded.left, 'x');
};

/** What a constructor says of a value, or nothing. */
export const said = (shape: t.Mixed | t.Props, data: unknown): string => {
  try {
    Reflect.apply(event('x', shape), undefined, [data]);
    return '';
  } catch (error) {
    return String(Reflect.get(Object(error), 'message'));
  }
};
