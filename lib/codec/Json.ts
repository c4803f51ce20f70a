import type * as t from 'io-ts';
import { typed } from './exact/ExactCodec.ts';
import { identityLeaf } from './exact/leaf.ts';

/** A value that JSON carries as it is. @category event */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Deeper than this is refused, and with it everything that holds itself. */
const deepest = 200;

/**
 * Any JSON value, for data whose fields are not known beforehand.
 *
 * Only what JSON gives back as it was: no `undefined`, `NaN`, `Infinity`, dates,
 * instances of classes or functions, nothing that holds itself, and nothing
 * more than 200 levels deep. All its fields are sent.
 *
 * @example Carry what a webhook brought
 * const HookCalled = event('hook.called', { body: Json });
 *
 * @category event
 */
export const Json: t.Type<Json, Json, unknown> = typed(identityLeaf('Json', 'any', (value) => isJson(value, 0)));

function isJson(value: unknown, depth: number): value is Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth >= deepest) return false;
  if (Array.isArray(value)) {
    // By index, since `every` skips the holes of a sparse array.
    for (let index = 0; index < value.length; index++) if (!isJson(value[index], depth + 1)) return false;
    return true;
  }
  return isPlain(value) && Object.keys(value).every((key) => isJson(value[key], depth + 1));
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  // The second is `Object.prototype` of another realm.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
