import { expect } from 'chai';
import { EMPTY, map, NEVER, throwError } from 'rxjs';
import { sse } from '../../lib/index.ts';
import { asyncMarbles, marbles } from '../../lib/testing/index.ts';
import { failureOf } from './failureOf.ts';

const boom = new Error('no such table');

describe('an error that no callback receives, in a marble test', () => {
  it('fails the test when a hook throws it, although all expectations hold', () => {
    const onOpen = () => {
      throw boom;
    };
    const test = marbles(({ reader, expectFrames }) => {
      expectFrames(reader(sse({ onOpen }, EMPTY))).toBe('|');
    });
    expect(failureOf(test).message).to.contain('reported error in onOpen of sse GET /').and.to.contain(boom.stack);
  });

  it('fails an async test', async () => {
    const onOpen = async () => {
      throw boom;
    };
    const test = asyncMarbles(({ reader, expectFrames }) => {
      expectFrames(reader(sse({ onOpen }, EMPTY))).toBe('|');
    });
    const failure = await test().then(
      () => undefined,
      (error: Error) => error,
    );
    expect(failure?.message).to.contain('reported error in onOpen of sse GET /');
  });

  it('fails a test that does not expect the error of a stream', () => {
    const test = marbles(({ hot, reader }) => {
      reader(sse(hot('5ms #', undefined, boom)));
    });
    expect(failureOf(test).message).to.contain('reported error in sse GET /').and.to.contain(boom.stack);
  });

  it('is shown beside the difference of an expectation that fails', () => {
    const test = marbles(({ hot, reader, expectFrames }) => {
      const route = sse(
        hot('a').pipe(
          map(() => {
            throw boom;
          }),
        ),
      );
      expectFrames(reader(route)).toBe('a|');
    });
    expect(failureOf(test).message).to.contain('reported error in sse GET /').and.to.contain(boom.stack);
  });

  it(
    'is expected when the diagram of a reader has an error',
    marbles(({ hot, reader, expectFrames }) => {
      expectFrames(reader(sse(hot('5ms #', undefined, boom)))).toBe('5ms #');
    }),
  );

  it(
    'is no failure when onError receives it',
    marbles(({ hot, reader, flush }) => {
      const errors: unknown[] = [];
      reader(sse({ onError: (error: unknown) => void errors.push(error) }, hot('5ms #')));
      flush();
      expect(errors.length).to.equal(1);
    }),
  );

  it(
    'is listed for a test that calls reportedErrors',
    marbles(({ reader, reportedErrors, flush }) => {
      const reported = reportedErrors();
      const route = sse(throwError(() => boom));
      reader(route, { next: false, url: '/orders?token=secret' });
      flush();
      expect(reported).to.deep.equal([{ where: 'sse GET /orders', error: boom }]);
    }),
  );

  it('is not reported to the next test', () => {
    const leaking = marbles(({ reader }) => {
      reader(sse(throwError(() => boom)), { next: false });
    });
    failureOf(leaking);
    marbles(({ reader, flush }) => {
      reader(sse(NEVER), { socket: '5ms X' });
      flush();
    })();
  });
});
