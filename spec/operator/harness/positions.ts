import { expect } from 'chai';
import fc from 'fast-check';
import { asyncScheduler, Subject as Emitter } from 'rxjs';
import { Entry, isGap } from '../../../lib/index.ts';
import { marbles } from '../../../lib/testing/marbles.ts';
import { isFrame } from '../../../lib/wire/Frame.ts';
import { entryAt, gapAt, Orders, positionAt } from '../sample.ts';
import type { OrderEntry, Positioned, Subject, Use } from './Subject.ts';

type Step =
  | { readonly what: 'event'; readonly order: string }
  | { readonly what: 'position' | 'filtered' }
  | { readonly what: 'gap' }
  | number;

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('event' as const), order: fc.constantFrom('A', 'B', 'C') }) },
  { weight: 2, arbitrary: fc.constant({ what: 'position' as const }) },
  { weight: 1, arbitrary: fc.constant({ what: 'filtered' as const }) },
  { weight: 1, arbitrary: fc.constant({ what: 'gap' as const }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 7 }) },
);

/**
 * Checks for any order of entries: positions never fall, no position passes an event
 * that is still held, gaps keep their order, and the last position is that of the source.
 */
export function keepsPositions(subject: Subject): () => void {
  return () => {
    const over = subject.entries?.over ?? (subject.over as unknown as Use<OrderEntry>);
    const must = subject.entries?.must ?? ((events) => events.map(({ sequence }) => sequence));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.boolean(), (steps, reenters) => {
        evaluate(play(over, steps, reenters), must, subject.entries?.orMore ?? false);
      }),
      { numRuns: 150 },
    );
  };
}

interface Played {
  readonly entries: readonly OrderEntry[];
  readonly values: readonly unknown[];
}

function play(over: Use<OrderEntry>, steps: readonly Step[], reenters: boolean): Played {
  const entries: OrderEntry[] = [];
  const values: unknown[] = [];
  const run = marbles(({ flush }) => {
    const source = new Emitter<OrderEntry>();
    let sequence = 0;
    let at = 0;
    let isEnded = false;
    const emit = (next: Exclude<Step, number>): void => {
      if (next.what !== 'position') sequence++;
      const entry = entryOf(next, sequence);
      entries.push(entry);
      source.next(entry);
    };
    over(source).subscribe({
      next: (value) => {
        values.push(value);
        if (reenters && !isEnded && values.length % 3 === 0 && values.length < 30) {
          emit({ what: 'event', order: 'A' });
          emit({ what: values.length % 2 === 0 ? 'position' : 'gap' });
        }
      },
      complete: () => values.push('end'),
    });
    for (const next of steps) {
      if (typeof next === 'number') at += next;
      else asyncScheduler.schedule(() => emit(next), at);
    }
    asyncScheduler.schedule(() => {
      isEnded = true;
      source.complete();
    }, at);
    flush();
  });
  run();
  return { entries, values };
}

function entryOf(next: Exclude<Step, number>, sequence: number): OrderEntry {
  // A position-only entry is the end of a page, or replaces an event that an earlier operator dropped.
  if (next.what === 'gap') return gapAt(sequence);
  if (!('order' in next)) return positionAt(sequence);
  return entryAt(sequence, Orders.OrderPaid({ order: next.order, total: sequence }));
}

function evaluate(
  { entries, values }: Played,
  must: (events: readonly Positioned[]) => readonly number[],
  orMore: boolean,
): void {
  expect(values.at(-1)).to.equal('end');
  const events = entries.flatMap(({ sequence, event }) =>
    event?.type === 'order_paid' ? [{ sequence, order: event.data.order }] : [],
  );
  const due = must(events);
  const emitted = new Set<number>();
  const gaps: number[] = [];
  let reached = 0;
  for (const value of values.slice(0, -1)) {
    if (isFrame(value)) continue;
    if (!(value instanceof Entry)) throw new Error('the result is not an entry');
    const { sequence, event } = value;
    expect(sequence, 'a position').to.be.at.least(event === undefined || reached === 0 ? reached : reached + 1);
    reached = sequence;
    if (isGap(event)) gaps.push(sequence);
    else if (event !== undefined) {
      for (const one of [event].flat()) {
        const { total } = (one as { readonly data: { readonly total: number } }).data;
        expect(emitted.has(total), 'twice').to.equal(false);
        emitted.add(total);
      }
    }
    const passed = due.filter((sought) => sought <= sequence && !emitted.has(sought));
    expect(passed, `passed by position ${sequence}`).to.deep.equal([]);
  }
  expect(gaps).to.deep.equal(entries.filter(({ event }) => isGap(event)).map(({ sequence }) => sequence));
  const all = [...emitted].filter((total) => !orMore || due.includes(total));
  expect(all.sort((a, b) => a - b)).to.deep.equal(due);
  expect(reached).to.equal(entries.at(-1)?.sequence ?? 0);
}
