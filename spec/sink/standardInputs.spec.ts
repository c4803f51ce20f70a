import { type } from 'arktype';
import { expect } from 'chai';
import { Schema } from 'effect';
import { of } from 'rxjs';
import { events, feed, receive, type Shape, sse } from 'rxsse';
import { marbles, type ReaderOptions } from 'rxsse/testing';
import * as v from 'valibot';
import { z } from 'zod';

const page = v.pipe(v.string(), v.regex(/^\d+$/, 'a whole number'), v.transform(Number));

/** The query of a page, as a whole and field by field. */
const queries: Readonly<Record<string, Shape>> = {
  zod: z.object({ page: z.coerce.number<string>() }),
  valibot: v.object({ page }),
  arktype: type({ page: 'string.integer.parse' }),
  Effect: Schema.toStandardSchemaV1(Schema.Struct({ page: Schema.NumberFromString.check(Schema.isInt()) })),
  'a record of schemas': { page },
};

interface Problem {
  readonly errors: readonly { readonly path: string; readonly expected: string; readonly got: string }[];
}

for (const [name, query] of Object.entries(queries)) {
  describe(`a route whose query is of ${name}`, () => {
    const route = sse({ query }, (context) => of(context.query));

    it(
      'gets the decoded query, without other parameters',
      marbles(({ reader, flush }) => {
        const answer = reader(route, { query: { page: '2', ...(name === 'arktype' ? {} : { other: 'x' }) } });
        flush();
        expect(answer.text).to.include('data: {"page":2}\n');
      }),
    );

    it(
      'answers 422 with the path of what does not decode, and not with its value',
      marbles(({ reader, flush }) => {
        const answers = [{ page: 'secret12' }, {}].map((values) => reader(route, { query: values }));
        flush();
        for (const [index, { status, problem, text }] of answers.entries()) {
          expect(status).to.equal(422);
          const [error] = (problem as Problem).errors;
          expect([error?.path, error?.got]).to.deep.equal(['query.page', ['string', 'undefined'][index]].map(String));
          expect(text).to.not.include('secret12');
        }
      }),
    );
  });
}

describe('a route with schemas for all parts of a request', () => {
  const route = sse(
    {
      query: { q: z.string().min(3) },
      params: z.object({ room: z.enum(['a', 'b']) }),
      body: v.object({ n: v.number() }),
    },
    ({ query, params, body }) => of([query.q, params.room, body.n]),
  );
  const ask = (options: ReaderOptions): ReaderOptions => ({ method: 'POST', ...options });

  it(
    'decodes them, and names everything that is wrong in one answer',
    marbles(({ reader, flush }) => {
      const good = reader(route, ask({ query: { q: 'abc' }, params: { room: 'a' }, body: { n: 1 } }));
      const bad = reader(route, ask({ query: { q: 'a' }, params: { room: 'c' }, body: { n: '1' } }));
      flush();
      expect(good.text).to.include('data: ["abc","a",1]\n');
      expect((bad.problem as Problem).errors).to.deep.equal([
        { path: 'query.q', expected: 'string to have >=3 characters', got: 'string' },
        { path: 'params.room', expected: 'one of "a"|"b"', got: 'string' },
        { path: 'body.n', expected: 'number', got: 'string' },
      ]);
    }),
  );
});

describe('receive of a feed with schemas', () => {
  const at = z.codec(z.iso.datetime(), z.date(), {
    decode: (iso) => new Date(iso),
    encode: (date) => date.toISOString(),
  });
  const Orders = events({ OrderPaid: z.object({ order: z.string(), at, by: z.string().default('web') }) });

  it(
    'decodes and stores events, with defaults and without unknown fields',
    marbles(({ reader, flush }) => {
      const orders = feed(Orders);
      const data = { order: 'A', at: '2026-05-01T12:00:00.000Z', role: 'admin' };
      const posted = reader(receive(orders), { method: 'POST', body: { type: 'order_paid', data } });
      const bad = reader(receive(orders), { method: 'POST', body: [{ type: 'order_paid', data: { order: 5 } }] });
      const read = reader(sse({ resume: { from: 'oldest' } }, orders), { socket: '5ms X' });
      flush();
      expect(posted.status).to.equal(202);
      expect((bad.problem as Problem).errors.map(({ path, got }) => `${path} ${got}`)).to.deep.equal([
        'body[0].data.order number',
        'body[0].data.at undefined',
      ]);
      expect(read.text).to.include('data: {"order":"A","at":"2026-05-01T12:00:00.000Z","by":"web"}\n');
    }),
  );
});
