import * as t from 'io-ts';
import { choice } from './choice.ts';
import type { Member } from './ExactCodec.ts';
import { ExactCodec } from './ExactCodec.ts';
import { record } from './record.ts';

/** The values of a codec that satisfy a predicate. */
export function refined(name: string, inner: ExactCodec, check: (value: unknown) => boolean): ExactCodec {
  return choice(name, () => inner.members().map((member) => refine(name, member, check)));
}

function refine(name: string, member: Member, check: (value: unknown) => boolean): Member {
  const { codec: inner, fields, literals } = member;
  if (fields !== undefined) {
    const checked = { ...fields, checks: [...fields.checks, check] };
    return { ...member, fields: checked, codec: record(name, checked) };
  }
  const checked = { ...member, literals: literals && new Set([...literals].filter(check)) };
  const codec = new ExactCodec(name, {
    is: (value) => inner.is(value) && check(value),
    walk: (value, context, side) => {
      const result = inner.walk(value, context, side);
      return result._tag === 'Right' && !check(result.right) ? t.failure(value, context) : result;
    },
    encode: inner.encode,
    verbatim: inner.verbatim,
    members: (self) => [{ ...checked, codec: self }],
  });
  return { ...checked, codec };
}
