import { expect } from 'chai';
import fc from 'fast-check';
import { asyncScheduler, Subject as Emitter } from 'rxjs';
import { Entry, isGap } from '../../../lib/index.ts';
import { marbles } from '../../../lib/testing/marbles.ts';
import { isFrame } from '../../../lib/wire/Frame.ts';
import { bare, gapAt, Orders, placed } from '../sample.ts';
import type { OrderEntry, Over, Placed, Subject } from './Subject.ts';

type Step =
  | { readonly what: 'event'; readonly order: string }
  | { readonly what: 'bare' | 'filtered' }
  | { readonly what: 'gap' }
  | number;

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('event' as const), order: fc.constantFrom('A', 'B', 'C') }) },
  { weight: 2, arbitrary: fc.constant({ what: 'bare' as const }) },
  { weight: 1, arbitrary: fc.constant({ what: 'filtered' as const }) },
  { weight: 1, arbitrary: fc.constant({ what: 'gap' as const }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 7 }) },
);

/**
 * Whatever comes when: positions never fall, no position passes an event that is
 * still held back, gaps stay where they are, and in the end the reader is where
 * the source is.
 */
export function keepsPositions(subject: Subject): () => void {
  return () => {
    const over = subject.entries?.over ?? (subject.over as unknown as Over<OrderEntry>);
    const must = subject.entries?.must ?? ((given) => given.map(({ sequence }) => sequence));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.boolean(), (steps, reenters) => {
        judge(play(over, steps, reenters), must, subject.entries?.orMore ?? false);
      }),
      { numRuns: 150 },
    );
  };
}

interface Played {
  readonly entries: readonly OrderEntry[];
  readonly given: readonly unknown[];
}

function play(over: Over<OrderEntry>, steps: readonly Step[], reenters: boolean): Played {
  const entries: OrderEntry[] = [];
  const given: unknown[] = [];
  const run = marbles(({ flush }) => {
    const source = new Emitter<OrderEntry>();
    let sequence = 0;
    let at = 0;
    let isOver = false;
    const emit = (next: Exclude<Step, number>): void => {
      if (next.what !== 'bare') sequence++;
      const entry = entryOf(next, sequence);
      entries.push(entry);
      source.next(entry);
    };
    over(source).subscribe({
      next: (value) => {
        given.push(value);
        if (reenters && !isOver && given.length % 3 === 0 && given.length < 30) {
          emit({ what: 'event', order: 'A' });
          emit({ what: given.length % 2 === 0 ? 'bare' : 'gap' });
        }
      },
      complete: () => given.push('end'),
    });
    for (const next of steps) {
      if (typeof next === 'number') at += next;
      else asyncScheduler.schedule(() => emit(next), at);
    }
    asyncScheduler.schedule(() => {
      isOver = true;
      source.complete();
    }, at);
    flush();
  });
  run();
  return { entries, given };
}

function entryOf(next: Exclude<Step, number>, sequence: number): OrderEntry {
  // The end of a page, or what a filter before this one leaves of an event.
  if (next.what === 'gap') return gapAt(sequence);
  if (!('order' in next)) return bare(sequence);
  return placed(sequence, Orders.OrderPaid({ order: next.order, total: sequence }));
}

function judge(
  { entries, given }: Played,
  must: (given: readonly Placed[]) => readonly number[],
  orMore: boolean,
): void {
  expect(given.at(-1)).to.equal('end');
  const came = entries.flatMap(({ sequence, event }) =>
    event?.type === 'order_paid' ? [{ sequence, order: event.data.order }] : [],
  );
  const due = must(came);
  const told = new Set<number>();
  const gaps: number[] = [];
  let reached = 0;
  for (const value of given.slice(0, -1)) {
    if (isFrame(value)) continue;
    if (!(value instanceof Entry)) throw new Error('what came out has no place');
    const { sequence, event } = value;
    expect(sequence, 'a position').to.be.at.least(event === undefined || reached === 0 ? reached : reached + 1);
    reached = sequence;
    if (isGap(event)) gaps.push(sequence);
    else if (event !== undefined) {
      for (const one of [event].flat()) {
        const { total } = (one as { readonly data: { readonly total: number } }).data;
        expect(told.has(total), 'twice').to.equal(false);
        told.add(total);
      }
    }
    const passed = due.filter((sought) => sought <= sequence && !told.has(sought));
    expect(passed, `passed by position ${sequence}`).to.deep.equal([]);
  }
  expect(gaps).to.deep.equal(entries.filter(({ event }) => isGap(event)).map(({ sequence }) => sequence));
  const all = [...told].filter((one) => !orMore || due.includes(one));
  expect(all.sort((a, b) => a - b)).to.deep.equal(due);
  expect(reached).to.equal(entries.at(-1)?.sequence ?? 0);
}
