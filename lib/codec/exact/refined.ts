import * as t from 'io-ts';
import { choice } from './choice.ts';
import type { Branch } from './ExactCodec.ts';
import { ExactCodec } from './ExactCodec.ts';
import { record } from './record.ts';

/** Creates a codec of the values that satisfy a predicate. */
export function refined(name: string, inner: ExactCodec, check: (value: unknown) => boolean): ExactCodec {
  return choice(name, () => inner.branches().map((branch) => refine(name, branch, check)));
}

function refine(name: string, branch: Branch, check: (value: unknown) => boolean): Branch {
  const { codec: inner, fields, literals } = branch;
  if (fields !== undefined) {
    const checked = { ...fields, checks: [...fields.checks, check] };
    return { ...branch, fields: checked, codec: record(name, checked) };
  }
  const checked = { ...branch, checked: true, literals: literals && new Set([...literals].filter(check)) };
  const codec = new ExactCodec(name, {
    is: (value) => inner.is(value) && check(value),
    validateAs: (value, context, form) => {
      const result = inner.validateAs(value, context, form);
      if (result._tag === 'Left') return result;
      return check(form === 'wire' ? result.right : value) ? result : t.failure(value, context);
    },
    encode: inner.encode,
    isIdentity: inner.isIdentity,
    branches: (self) => [{ ...checked, codec: self }],
  });
  return { ...checked, codec };
}
