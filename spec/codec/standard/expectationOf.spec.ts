import { type } from 'arktype';
import { expect } from 'chai';
import { event } from 'rxsse';
import * as v from 'valibot';
import { z } from 'zod';
import { describeFailure } from '../../../lib/codec/describeFailure.ts';
import type { Codec } from '../../../lib/codec/Shape.ts';

/** Returns the lines for a value that a schema refuses. */
function lines(schema: Codec, value: unknown): readonly string[] {
  const result = event('x', schema).payload.decode(value);
  return result._tag === 'Left' ? describeFailure(result.left, 'x') : [];
}

describe('the issue of a schema', () => {
  const secret = 'secret12';

  it('has the words of the program, where it has its own', () => {
    const message = 'a code that you got from us';
    for (const schema of [z.string().length(5, message), v.pipe(v.string(), v.length(5, message))]) {
      expect(lines(schema, secret)).to.deep.equal([`x: expected ${message}, got string`]);
    }
    expect(lines(type('string == 5').describe(message), secret)).to.deep.equal([`x: expected ${message}, got string`]);
  });

  it('names the format of a text in words', () => {
    expect(lines(z.uuid(), secret)).to.deep.equal(['x: expected a valid UUID, got string']);
    expect(lines(z.url(), secret)).to.deep.equal(['x: expected a valid URL, got string']);
    expect(lines(v.pipe(v.string(), v.uuid()), secret)).to.deep.equal(['x: expected a valid UUID, got string']);
  });

  it('does not repeat the value', () => {
    const schemas: readonly Codec[] = [
      z.string().refine(() => false, { error: ({ input }) => `no ${input} here` }),
      v.pipe(
        v.string(),
        v.check(
          () => false,
          ({ input }) => `no ${input} here`,
        ),
      ),
      v.literal('a'),
      type("'a' | 'b'"),
      z.literal('a'),
    ];
    for (const schema of schemas) {
      const [line, ...others] = lines(schema, secret);
      expect(line)
        .to.match(/^x: expected .*, got string$/)
        .and.not.include('secret');
      expect(others).to.deep.equal([]);
    }
    expect(lines(schemas[0] as Codec, secret)).to.deep.equal(['x: expected what its zod schema accepts, got string']);
  });

  it('does not repeat the value inside of another one', () => {
    const inside = (schema: Codec) => [[secret], { deep: secret }, `"${secret}"`].map((a) => lines(schema, { a }));
    for (const schema of [
      z.object({ a: z.enum(['x', 'y']) }),
      v.object({ a: v.picklist(['x', 'y']) }),
      type({ a: "'x' | 'y'" }),
    ]) {
      expect(inside(schema).flat().join('\n'))
        .to.match(/^x\.a: expected .*, got array\n/)
        .and.not.include(secret);
    }
  });

  it('is one line of bounded length, whatever the keys of the sender are', () => {
    const [line = ''] = lines(z.strictObject({}), { [`a\nlog: ${'b'.repeat(500)}`]: 1 });
    expect(line).to.match(/^x: expected .*, got object$/);
    expect(line.length).to.be.below(120);
  });

  it('names keys of maps and symbols as text', () => {
    const issue = { message: 'wrong', path: ['a', { key: Symbol('b') }, 0] };
    const validate = () => ({ issues: [issue] });
    const schema = { '~standard': { version: 1 as const, vendor: 'own', validate } };
    expect(lines(schema, { a: {} })).to.deep.equal(['x.a["Symbol(b)"][0]: expected wrong, got undefined']);
  });
});
