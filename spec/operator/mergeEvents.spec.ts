import { expect } from 'chai';
import { defer, EMPTY, finalize, NEVER, Subject, throwError } from 'rxjs';
import { mergeEvents } from '../../lib/operator/mergeEvents.ts';
import { marbles } from '../../lib/testing/marbles.ts';

describe('mergeEvents', () => {
  it(
    'merges, and errors with the first source that fails',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const a = hot('     -a-#');
      const subsA = '     ^--!';
      const b = hot('     --b-----b|');
      const subsB = '     ^--!';
      const expected = '  -ab#';

      expectObservable(mergeEvents({ a, b })).toBe(expected);
      expectSubscriptions(a.subscriptions).toBe(subsA);
      expectSubscriptions(b.subscriptions).toBe(subsB);
    }),
  );

  it(
    'completes when all sources have completed',
    marbles(({ hot, expectObservable }) => {
      expectObservable(mergeEvents({ a: hot('-a|'), b: hot('---b-|') })).toBe('-a-b-|');
    }),
  );

  it(
    'completes at once without sources',
    marbles(({ expectObservable }) => {
      expectObservable(mergeEvents({})).toBe('|');
    }),
  );

  it(
    "errors after the other sources with 'delay'",
    marbles(({ hot, expectObservable }) => {
      const merged = mergeEvents({ a: hot('-a-#'), b: hot('--b---b|') }, { onSourceError: 'delay' });
      expectObservable(merged).toBe('-ab---b#');
    }),
  );

  it(
    'errors with a delayed error that is undefined',
    marbles(({ cold, expectObservable }) => {
      const merged = mergeEvents({ a: cold('-#', undefined, undefined), b: cold('--|') }, { onSourceError: 'delay' });
      expectObservable(merged).toBe('--#', undefined, undefined);
    }),
  );

  it(
    'errors with an AggregateError of several delayed errors',
    marbles(({ hot, flush }) => {
      const failures: unknown[] = [];
      const sources = { a: hot('-#', {}, 'a'), b: hot('---#', {}, 'b'), c: hot('--|') };
      mergeEvents(sources, { onSourceError: 'delay' }).subscribe({ error: (error) => failures.push(error) });
      flush();
      expect(failures).to.have.length(1);
      expect(failures[0]).to.be.instanceOf(AggregateError).and.have.property('errors').that.deep.equals(['a', 'b']);
      expect(failures[0]).to.have.property('message', 'mergeEvents: 2 sources failed');
    }),
  );

  it(
    'calls onDropped with each dropped error and the name of its source',
    marbles(({ hot, flush, expectObservable }) => {
      const dropped: unknown[] = [];
      const onDropped = (error: unknown, name: string) => dropped.push([error, name]);
      const sources = { a: hot('-a-#', undefined, 'no'), b: hot('--b--|') };
      expectObservable(mergeEvents(sources, { onSourceError: 'drop', onDropped })).toBe('-ab--|');
      flush();
      expect(dropped).to.deep.equal([['no', 'a']]);
    }),
  );

  it(
    'continues with what the function returns, or with the other sources',
    marbles(({ hot, cold, flush, expectObservable }) => {
      const calls: unknown[] = [];
      const merged = mergeEvents(
        { a: hot('-a-#', undefined, 'a'), b: hot('--#', undefined, 'b'), c: hot('---------|') },
        {
          onSourceError: (error, name) => {
            calls.push([error, name]);
            return name === 'a' ? cold('--x|') : undefined;
          },
        },
      );
      expectObservable(merged).toBe('-a---x---|');
      flush();
      expect(calls).to.deep.equal([
        ['b', 'b'],
        ['a', 'a'],
      ]);
    }),
  );

  it(
    'errors with the replacement of a source, which is not replaced again',
    marbles(({ expectObservable }) => {
      let calls = 0;
      const onSourceError = () => {
        calls++;
        return throwError(() => 'again');
      };
      expectObservable(mergeEvents({ a: throwError(() => 'no'), b: NEVER }, { onSourceError })).toBe(
        '#',
        undefined,
        'again',
      );
      expect(calls).to.equal(0);
    }),
  );

  it(
    "completes with the first source that completes with 'end', and unsubscribes from the others",
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const b = hot('    --b---b');
      const subsB = '    ^---!';
      expectObservable(mergeEvents({ a: hot('-a--|'), b }, { onSourceEnd: 'end' })).toBe('-ab-|');
      expectSubscriptions(b.subscriptions).toBe(subsB);
    }),
  );

  it(
    "errors with a delayed error when 'end' ends the merge",
    marbles(({ hot, expectObservable }) => {
      const merged = mergeEvents(
        { a: hot('-#'), b: hot('---|'), c: NEVER },
        { onSourceError: 'delay', onSourceEnd: 'end' },
      );
      expectObservable(merged).toBe('---#');
    }),
  );

  it(
    'continues with the replacement of a completed source, which is not replaced again',
    marbles(({ hot, cold, flush, expectObservable }) => {
      const ended: string[] = [];
      const onSourceEnd = (name: string) => {
        ended.push(name);
        return name === 'a' ? cold('-x-|') : undefined;
      };
      expectObservable(mergeEvents({ a: hot('-a|'), b: hot('--b|') }, { onSourceEnd })).toBe('-abx-|');
      flush();
      expect(ended).to.deep.equal(['a', 'b']);
    }),
  );

  it('does not subscribe to the sources after one that ended the merge', () => {
    let subscriptions = 0;
    const other = defer(() => {
      subscriptions++;
      return NEVER;
    });
    mergeEvents({ first: EMPTY, other }, { onSourceEnd: 'end' }).subscribe();
    expect(subscriptions).to.equal(0);
  });

  it('unsubscribes from a failed source before it subscribes to the replacement', () => {
    const order: string[] = [];
    const source = new Subject<string>();
    const failing = source.pipe(finalize(() => order.push('unsubscribed')));
    const onSourceError = () => {
      order.push('replaced');
      return EMPTY;
    };
    mergeEvents({ failing }, { onSourceError }).subscribe();
    source.error('no');
    expect(order).to.deep.equal(['unsubscribed', 'replaced']);
  });

  it('throws a TypeError for sources without names, and for one that is no Observable', () => {
    const merge = mergeEvents as (sources: unknown) => unknown;
    const named = 'mergeEvents: sources must be Observables by their names, as in { orders, ticks }, got ';
    expect(() => merge(EMPTY)).to.throw(TypeError, `${named}an Observable`);
    expect(() => merge(undefined)).to.throw(TypeError, `${named}undefined`);
    expect(() => merge({ a: EMPTY, b: 5 })).to.throw(TypeError, 'mergeEvents: b must be an Observable, got number');
  });
});
