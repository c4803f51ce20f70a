import { expect } from 'chai';
import { Subject as Emitter, NEVER, of } from 'rxjs';
import { trackTimers } from '../../support/trackTimers.ts';
import { type Order, paid, paidMore, shipped } from '../sample.ts';
import type { Subject, Use } from './Subject.ts';

type End = (source: Emitter<Order>) => void;

/** Checks that no timer and no subscription remains after an unsubscription or the end, in the same turn. */
export function leavesNothingBehind(subject: Subject): () => void {
  return () => {
    unsubscribesFrom(subject.over);
    for (const [name, over] of Object.entries(subject.inner ?? {})) {
      const inner = new Emitter<never>();
      unsubscribesFrom(
        (source) => over(source, inner),
        () => inner.observed,
        name,
      );
    }
  };
}

function unsubscribesFrom(over: Use, innerObserved = () => false, name = 'the source'): void {
  const timers = trackTimers();
  try {
    for (const emitted of [[], [paid], [paid, shipped, paidMore]]) {
      const source = new Emitter<Order>();
      const reader = over(source).subscribe({ error: () => {} });
      for (const order of emitted) source.next(order);
      reader.unsubscribe();
      expect(
        [timers.pending, source.observed, innerObserved()],
        `${name}, unsubscribed after ${emitted.length}`,
      ).to.deep.equal([0, false, false]);
    }
    const ends: readonly End[] = [(source) => source.complete(), (source) => source.error('no')];
    for (const end of ends) {
      const source = new Emitter<Order>();
      const reader = over(source).subscribe({ error: () => {} });
      end(source);
      expect([timers.pending, source.observed], `${name}, at its end`).to.deep.equal([0, false]);
      reader.unsubscribe();
      expect(innerObserved(), `${name}, after its end`).to.equal(false);
    }
    over(of(paid)).subscribe().unsubscribe();
    over(NEVER).subscribe().unsubscribe();
    expect(timers.pending, `${name}, with a source that ends synchronously`).to.equal(0);
  } finally {
    timers.stop();
  }
}
