import * as t from 'io-ts';
import type { ExactCodec } from './exact/ExactCodec.ts';
import { exact } from './exact/exact.ts';

/** The codec of a value that may occur once or several times. @category event */
export interface OneOrMany<C extends t.Mixed>
  extends t.Type<readonly t.TypeOf<C>[], readonly t.OutputOf<C>[], unknown> {
  readonly _tag: 'OneOrManyType';
  readonly type: C;
}

/**
 * An array that may come as a single item, as a query parameter does that occurs once: `?tag=a` is `['a']`,
 * `?tag=a&tag=b` is `['a', 'b']`.
 *
 * An absent value is rejected; `withDefault` allows it.
 *
 * @example Filter by any number of tags
 * const query = { tag: withDefault(oneOrMany(t.string), () => []) };
 *
 * @throws TypeError on first use, when one item is itself an array.
 * @category event
 */
export function oneOrMany<C extends t.Mixed>(codec: C): OneOrMany<C> {
  let made: ExactCodec | undefined;
  // Compiled on first use: a recursive codec that contains this one is not complete yet.
  const own = (): ExactCodec => {
    made ??= exact(self, name);
    return made;
  };
  const name = `one or many ${codec.name}`;
  const type = new t.Type<readonly t.TypeOf<C>[], readonly t.OutputOf<C>[], unknown>(
    name,
    (value): value is readonly t.TypeOf<C>[] => own().is(value),
    (value, context) => own().validate(value, context) as t.Validation<readonly t.TypeOf<C>[]>,
    (value) => own().encode(value) as readonly t.OutputOf<C>[],
  );
  const self: OneOrMany<C> = Object.assign(type, { _tag: 'OneOrManyType' as const, type: codec });
  return self;
}
