import { expect } from 'chai';
import { map, Subject } from 'rxjs';
import { type Gap, isGap } from 'rxsse';
import { type StreamState, streamStates } from '../../examples/components/streamStates.ts';

describe('the states of a stream', () => {
  const gap: Gap = { type: 'rxsse.gap', data: { reason: 'epoch', requested: 'a.9', resumedFrom: 'b.0' } };

  /** Returns the states of rows of which some are received before a gap, and some after it. */
  function statesWith(afterGap?: (rows: readonly string[]) => readonly string[]): readonly string[] {
    const events = new Subject<string | Gap>();
    const states: StreamState<readonly string[]>[] = [];
    const page = globalThis as { document?: unknown };
    page.document = {};
    try {
      const rows: readonly string[] = [];
      const stream = streamStates<string, readonly string[]>(
        () => events,
        rows,
        (all, row) => [...all, row],
        afterGap,
      );
      const subscription = stream.pipe(map((state) => states.push(state))).subscribe();
      for (const event of ['a', gap, 'b']) events.next(event);
      subscription.unsubscribe();
    } finally {
      delete page.document;
    }
    return states.map(({ value, gap: newest }) => `${value.join('')} ${newest !== undefined && isGap(newest)}`);
  }

  it('have the value of before after a gap', () => {
    expect(statesWith()).to.deep.equal([' false', 'a false', 'a true', 'ab true']);
  });

  it('have the value that afterGap returns, which a snapshot fills', () => {
    expect(statesWith(() => [])).to.deep.equal([' false', 'a false', ' true', 'b true']);
  });
});
