import { expect } from 'chai';
import { Subject as Emitter, NEVER, of } from 'rxjs';
import { trackTimers } from '../../support/trackTimers.ts';
import { dear, type Order, paid, shipped } from '../sample.ts';
import type { Over, Subject } from './Subject.ts';

type End = (source: Emitter<Order>) => void;

/** Timers, sources and inner streams are gone in the turn in which the reader leaves, or all is over. */
export function leavesNothing(subject: Subject): () => void {
  return () => {
    leavesSource(subject.over);
    for (const [name, over] of Object.entries(subject.inner ?? {})) {
      const inner = new Emitter<never>();
      leavesSource(
        (source) => over(source, inner),
        () => inner.observed,
        name,
      );
    }
  };
}

function leavesSource(over: Over, innerObserved = () => false, name = 'the source'): void {
  const timers = trackTimers();
  try {
    for (const emitted of [[], [paid], [paid, shipped, dear]]) {
      const source = new Emitter<Order>();
      const reader = over(source).subscribe({ error: () => {} });
      for (const order of emitted) source.next(order);
      reader.unsubscribe();
      expect([timers.pending, source.observed, innerObserved()], `${name}, left after ${emitted.length}`).to.deep.equal(
        [0, false, false],
      );
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
    expect(timers.pending, `${name}, that ends at once`).to.equal(0);
  } finally {
    timers.stop();
  }
}
