import { expect } from 'chai';
import * as t from 'io-ts';
import { NEVER } from 'rxjs';
import { events, feed, receive, type SseOptions, sse } from '../../lib/index.ts';
import { marbles, type ReaderOptions } from '../../lib/testing/index.ts';

const Orders = events({ OrderPaid: { total: t.number } });
const unwanted = new Error('unwanted');

type Options = Pick<SseOptions, 'onInvalidInput'>;

/** The routes that decode a part of a request, each with an onInvalidInput of the program. */
const routes = {
  sse: (options: Options = {}) => sse({ query: { q: t.string }, ...options }, NEVER),
  receive: (options: Options = {}) => receive(feed(Orders), options),
};
const bad: ReaderOptions = { method: 'POST', body: { type: 'order_paid', data: {} } };

for (const [name, routeOf] of Object.entries(routes)) {
  describe(`a request that does not decode, for ${name},`, () => {
    it(
      'is answered 422 with a problem',
      marbles(({ reader, flush }) => {
        const answer = reader(routeOf() as never, bad);
        flush();
        expect([answer.status, answer.headers['content-type']]).to.deep.equal([422, 'application/problem+json']);
      }),
    );

    it(
      'is answered 422 with what onInvalidInput returns for its issues',
      marbles(({ reader, flush }) => {
        const answer = reader(
          routeOf({ onInvalidInput: (issues) => ({ wrong: issues.map(({ path }) => path) }) }) as never,
          bad,
        );
        flush();
        expect([answer.status, answer.headers['content-type']]).to.deep.equal([422, 'application/json']);
        const wrong = name === 'sse' ? 'query.q' : 'body.data.total';
        expect(JSON.parse(answer.text)).to.deep.equal({ wrong: [wrong] });
      }),
    );

    it(
      'is answered with the problem when onInvalidInput returns nothing',
      marbles(({ reader, flush }) => {
        const answer = reader(routeOf({ onInvalidInput: () => undefined }) as never, bad);
        flush();
        expect([answer.status, answer.headers['content-type']]).to.deep.equal([422, 'application/problem+json']);
      }),
    );

    it(
      'calls next with what onInvalidInput throws',
      marbles(({ reader, flush }) => {
        const answer = reader(
          routeOf({
            onInvalidInput: () => {
              throw unwanted;
            },
          }) as never,
          bad,
        );
        flush();
        expect([answer.status, answer.error]).to.deep.equal([500, unwanted]);
      }),
    );

    it(
      'is an error of the program when onInvalidInput returns a promise',
      marbles(({ reader, flush }) => {
        const answer = reader(routeOf({ onInvalidInput: async () => ({}) }) as never, bad);
        flush();
        expect(String(answer.error)).to.equal(
          'TypeError: onInvalidInput must return its value at once, got a promise; return the value itself',
        );
      }),
    );
  });
}

describe('a body that no parser has read', () => {
  const route = sse({ body: { q: t.string } }, NEVER);
  const json = { 'content-type': 'application/json; charset=utf-8', 'content-length': '8' };

  it(
    'is an error of the program, if the client sent JSON',
    marbles(({ reader, flush }) => {
      const { 'content-length': _, ...chunked } = { ...json, 'transfer-encoding': 'chunked' };
      const answers = [json, chunked].map((headers) => reader(route, { method: 'POST', headers }));
      flush();
      for (const { status, error } of answers) {
        expect(status).to.equal(500);
        expect(String(error)).to.equal(
          'TypeError: sse: no parser left the JSON of the request in request.body: mount express.json() before it',
        );
      }
    }),
  );

  it(
    'is an error of the client if it sent none or another type, and the response names no part of the program',
    marbles(({ reader, flush }) => {
      const none = [{}, { ...json, 'content-length': '0' }];
      const { 'content-type': _, ...untyped } = json;
      const types = ['text/plain', 'application/ld+json', 'text/json', 'multipart/form-data; boundary=json'];
      const others = [...types.map((type) => ({ ...json, 'content-type': type })), untyped];
      const [refused, refusedType] = [none, others].map((all) =>
        all.map((headers) => reader(route, { method: 'POST', headers })),
      );
      flush();
      for (const { status, text } of refused ?? []) {
        expect(status).to.equal(422);
        expect(JSON.parse(text).errors).to.deep.equal([{ path: 'body', expected: 'object', got: 'undefined' }]);
      }
      const got = refusedType?.map(({ status, text }) => [status, JSON.parse(text).detail]);
      expect(got).to.deep.equal([
        ...types.map(() => [415, 'headers.content-type: expected application/json, got another']),
        [415, 'headers.content-type: expected application/json, got none'],
      ]);
    }),
  );
});
