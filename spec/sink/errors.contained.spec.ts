import { expect } from 'chai';
import { concat, finalize, mergeMap, NEVER, Observable, of, throwError, timer } from 'rxjs';
import { sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from '../feed/received.ts';
import { listen } from '../support/listen.ts';
import { openStream } from '../support/openStream.ts';
import { watchProcess } from '../support/watchProcess.ts';

const stuck = finalize<unknown>(() => {
  throw new Error('stuck');
});

describe('a stream whose teardown throws', () => {
  it(
    'is unsubscribed from when its reader disconnects, and affects no other stream',
    marbles(({ reader, flush }) => {
      const errors: unknown[] = [];
      const route = sse({ onError: (error: unknown) => void errors.push(String(error)) }, NEVER.pipe(stuck));
      const r = reader(route, { socket: '5ms X' });
      flush();
      expect(r.listeners).to.equal(0);
      expect(errors).to.have.length(1);
    }),
  );

  it(
    'is cut when it fails',
    marbles(({ reader, flush, reportedErrors }) => {
      const reported = reportedErrors();
      const failing = concat(of(1), timer(5).pipe(mergeMap(() => throwError(() => 'broken')))).pipe(stuck);
      const r = reader(sse(failing));
      flush();
      expect([received(r), r.cutAt, r.listeners]).to.deep.equal([['1'], 5, 0]);
      expect(reported.map(({ where }) => where)).to.deep.equal(['sse GET /', 'sse GET /']);
    }),
  );
});

const overHttp = async (use: (observed: () => Promise<readonly string[]>) => Promise<void>) => {
  const process = watchProcess();
  try {
    await use(process.settled);
  } finally {
    process.stop();
  }
};

it('an iterator with an invalid result is an error of the stream, which cuts the connection and does not reach the process', () =>
  overHttp(async (noticed) => {
    const iterable = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(undefined) }) };
    await listen(sse(iterable as never), async (url) => {
      const wire = await openStream(url, { patience: 500 });
      await wire.over().catch(() => expect.fail('the reader hangs'));
    });
    expect(await noticed()).to.deep.equal([]);
  }));

it('an async onError that rejects is contained, and its promise is not sent', () =>
  overHttp(async (seen) => {
    const failing = new Observable((reader) => {
      setImmediate(() => reader.error(new Error('x')));
    });
    const onError = async () => {
      throw new Error('async');
    };
    await listen(sse({ onError }, failing), async (url) => {
      expect(await (await openStream(url)).over()).to.equal('retry: 3000\n\n');
    });
    expect(await seen()).to.deep.equal([]);
  }));

for (const [when, state] of Object.entries({
  before: undefined,
  'while its state is awaited': (_request: unknown) =>
    new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve))),
})) {
  it(`a response that another handler has started ${when} is not changed, and no error reaches the process`, () =>
    overHttp(async (seen) => {
      const route = sse(state === undefined ? {} : { state }, of(1));
      await listen(
        (request, response) => {
          if (state !== undefined) route(request, response);
          response.writeHead(503);
          response.write('busy');
          if (state === undefined) route(request, response);
          setTimeout(() => response.end(), 20);
        },
        async (url) => {
          const wire = await openStream(url, { patience: 500 });
          expect([wire.status, await wire.ended()]).to.deep.equal([503, 'busy']);
        },
      );
      expect(await seen()).to.deep.equal([]);
    }));
}
