import * as t from 'io-ts';
import { kindOf } from '../../data/kindOf.ts';
import { describeMismatch } from '../describeFailure.ts';
import { ExactCodec } from '../exact/ExactCodec.ts';
import { everyKind } from '../exact/leaf.ts';
import { expectationOf } from './expectationOf.ts';
import type { StandardIssue, StandardSchema } from './StandardSchema.ts';
import { validateNow, type WireResult, wireForm } from './wireForm.ts';

/**
 * Creates a codec of a schema of another library, which stays as it is: it is called for each value.
 *
 * @param at names the codec and its values in errors
 * @param mayBeAbsent true for a field, which JSON leaves out where it is `undefined`
 */
export function standardLeaf(schema: StandardSchema, at: string, mayBeAbsent: boolean): ExactCodec {
  const { vendor } = schema['~standard'];
  const toWire = wireForm(schema, at, mayBeAbsent);

  function failureOf(issue: StandardIssue, value: unknown, json: unknown, context: t.Context): t.ValidationError {
    const inner = [...context];
    let [actual, carried] = [value, json];
    for (const segment of issue.path ?? []) {
      const key = typeof segment === 'object' ? segment.key : segment;
      [actual, carried] = [fieldOf(actual, key), fieldOf(carried, key)];
      inner.push({ key: String(key), type: leaf, actual: carried });
    }
    const expected = expectationOf(issue, actual) ?? `what its ${vendor} schema accepts`;
    const isChanged = kindOf(actual) !== kindOf(carried);
    return { value: carried, context: inner, message: isChanged ? `${expected}, as JSON carries it` : expected };
  }

  const leaf: ExactCodec = new ExactCodec(at, {
    is: (value) => toWire(value).issues === undefined,
    validateAs: (value, context, form) => {
      const result: WireResult = form === 'wire' ? validateNow(schema, value, at) : toWire(value);
      const { issues, json = value } = result;
      if (issues !== undefined) return t.failures(issues.map((issue) => failureOf(issue, value, json, context)));
      return t.success(form === 'wire' ? result.value : value);
    },
    encode: (value) => {
      const result = toWire(value);
      if (result.issues === undefined) return result.value;
      throw new TypeError(describeMismatch(leaf, value, at).join('\n'));
    },
    isIdentity: () => false,
    branches: (codec) => [{ codec, kinds: new Set(everyKind), opaque: true, standard: schema }],
  });
  return leaf;
}

/** Returns a field of a value, own or inherited; `undefined` where there is none, or reading it throws. */
function fieldOf(value: unknown, key: PropertyKey): unknown {
  try {
    return (value as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}
