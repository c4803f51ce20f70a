import { expect } from 'chai';
import * as t from 'io-ts';
import { encodeData } from '../../../lib/event/encodeData.ts';
import { event } from '../../../lib/event/event.ts';

/** What an event of that shape sends of the data. */
export function sent(shape: t.Mixed | t.Props, data: unknown): unknown {
  const definition = event('x', shape);
  const made = Reflect.apply(definition, undefined, [data]);
  const text = encodeData(definition, made);
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
