import { expect } from 'chai';
import { UnsubscriptionError } from 'rxjs';
import { replaceErrorReporter, reportError, setErrorReporter } from '../../lib/error/reportError.ts';

describe('reportError', () => {
  const { error: consoleError } = console;
  let printed: string[];

  beforeEach(() => {
    printed = [];
    console.error = (...args: unknown[]) => printed.push(args.join(' '));
    setErrorReporter(undefined);
  });

  afterEach(() => {
    console.error = consoleError;
    setErrorReporter(undefined);
  });

  it('prints an error with where it occurred', () => {
    const error = new Error('no table');
    reportError('sse GET /orders', error);
    expect(printed).to.deep.equal([`rxsse: error in sse GET /orders, which no callback receives:\n${error.stack}`]);
  });

  it('prints the causes of an error, and nothing else that the error holds', () => {
    const cause = new Error('ENOSPC');
    const error = Object.assign(new Error('not stored', { cause }), { actual: 'a password' });
    reportError('feed', error);
    expect(printed[0]).to.contain(`${error.stack}\ncaused by: ${cause.stack}`).and.not.contain('password');
  });

  it('prints the errors of an AggregateError and of an UnsubscriptionError', () => {
    const [first, second] = [new Error('teardown 1'), new Error('teardown 2')];
    reportError('sse GET /', new UnsubscriptionError([first, second]));
    reportError('feed', new AggregateError([first, second]));
    for (const text of printed) expect(text).to.contain(first.stack).and.to.contain(second.stack);
  });

  it('prints an error that is its own cause', () => {
    const error = new Error('circular');
    error.cause = error;
    reportError('feed', error);
    expect(printed.length).to.equal(1);
  });

  it('prints an error that recurs once, and its count at each power of ten', () => {
    for (let i = 0; i < 1234; i++) reportError('feed', new Error('no table'));
    expect(printed.length).to.equal(4);
    expect(printed.map((text) => text.split('\n')[0])).to.deep.equal([
      'rxsse: error in feed, which no callback receives:',
      'rxsse: error in feed (10 times so far), which no callback receives:',
      'rxsse: error in feed (100 times so far), which no callback receives:',
      'rxsse: error in feed (1000 times so far), which no callback receives:',
    ]);
  });

  it('prints one error that occurred at two sites, and two errors that occurred at one', () => {
    const error = new Error('no table');
    reportError('sse GET /a', error);
    reportError('sse GET /b', error);
    reportError('sse GET /b', new TypeError('no table'));
    expect(printed.length).to.equal(3);
  });

  it('remembers 100 errors, and forgets the one that has not occurred for longest', () => {
    reportError('feed', 'first');
    for (let i = 0; i < 99; i++) reportError('feed', `error ${i}`);
    reportError('feed', 'first');
    expect(printed.length).to.equal(100);
    reportError('feed', 'one more');
    reportError('feed', 'first');
    reportError('feed', 'error 0');
    expect(printed.slice(100).map((text) => text.split('\n')[1])).to.deep.equal(['one more', 'error 0']);
  });

  it('reports values that cannot be printed', () => {
    const hostile = {
      toString() {
        throw new Error('no');
      },
    };
    reportError('feed', hostile);
    reportError('feed', Object.create(null));
    reportError('feed', undefined);
    expect(printed.length).to.equal(2);
  });

  it('calls a reporter of the program for each occurrence', () => {
    const reports: unknown[] = [];
    setErrorReporter((error, where) => reports.push([where, error]));
    reportError('feed', 'a');
    reportError('feed', 'a');
    expect(reports).to.deep.equal([
      ['feed', 'a'],
      ['feed', 'a'],
    ]);
    expect(printed).to.deep.equal([]);
  });

  it('prints the error and what the reporter threw', () => {
    const thrown = new Error('the logger is closed');
    setErrorReporter(() => {
      throw thrown;
    });
    reportError('feed', 'lost?');
    expect(printed).to.deep.equal([
      'rxsse: error in feed, which no callback receives:\nlost?',
      `rxsse: error in the error reporter, which no callback receives:\n${thrown.stack}`,
    ]);
  });

  it('refuses a reporter that is not a function', () => {
    expect(() => setErrorReporter('console' as never)).to.throw(
      TypeError,
      'setErrorReporter: expected a function or undefined, got string',
    );
  });

  it('returns the reporter that it replaces', () => {
    const before = replaceErrorReporter(() => {});
    reportError('feed', 'not printed');
    expect(printed).to.deep.equal([]);
    replaceErrorReporter(before);
    reportError('feed', 'printed');
    expect(printed.length).to.equal(1);
  });
});
