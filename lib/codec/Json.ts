import type * as t from 'io-ts';
import { typed } from './exact/ExactCodec.ts';
import { identityLeaf } from './exact/leaf.ts';

/** A value that JSON carries unchanged. @category event */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The deepest value that is accepted; a circular value is rejected by it as well. */
const maxJsonDepth = 200;

/**
 * Any JSON value, for data whose fields are not known beforehand.
 *
 * It accepts only what JSON returns unchanged: no `undefined`, `NaN`, `Infinity`, dates, instances of classes or
 * functions, no circular values, and at most 200 levels. All fields are sent.
 *
 * @example Forward the body of a webhook
 * const HookCalled = event('hook.called', { body: Json });
 *
 * @category event
 */
export const Json: t.Type<Json, Json, unknown> = typed(identityLeaf('Json', 'any', (value) => isJson(value, 0)));

function isJson(value: unknown, depth: number): value is Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth >= maxJsonDepth) return false;
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
