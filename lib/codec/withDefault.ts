import * as t from 'io-ts';
import { checkFunction } from '../data/check.ts';
import type { Codec, OutputOf, TypeOf } from './Shape.ts';
import { codecOf } from './standard/codecOf.ts';

/** The codec of a field with a default. @category event */
export interface WithDefault<C extends Codec> extends t.Type<TypeOf<C>, OutputOf<C>, unknown> {
  readonly _tag: 'WithDefaultType';
  readonly type: C;
  readonly value: () => TypeOf<C>;
}

/**
 * Gives a field of an event a default, so that the constructor may be called without it.
 *
 * The constructor fills it when it is absent or `undefined`, and so does a route that decodes a request. The event
 * always has the field, and decoding an event from a server requires it. The function is called once for each event
 * that needs it.
 *
 * It works only for a field of the record of props itself, not deeper.
 *
 * @example Record when each event was made
 * const Echo = event('echo', { message: t.string, created_at: withDefault(DateFromISOString, () => new Date()) });
 * const echo = Echo({ message: 'hello' });
 *
 * @throws TypeError at once, when the default is not a function.
 * @category event
 */
export function withDefault<C extends Codec>(codec: C, value: () => TypeOf<C>): WithDefault<C> {
  checkFunction('withDefault: value', value, 'write () => value for one that is always the same');
  const { name, is, validate, encode } = codecOf(codec, 'withDefault');
  const same = new t.Type<TypeOf<C>, OutputOf<C>, unknown>(name, is, validate, encode);
  return Object.assign(same, { _tag: 'WithDefaultType' as const, type: codec, value });
}
