import { expect } from 'chai';
import { asyncScheduler, Subject as Emitter, Observable, take, timer } from 'rxjs';
import { marbles } from '../../../lib/testing/marbles.ts';
import { trackTimers } from '../../support/trackTimers.ts';
import { type Order, Orders, paid } from '../sample.ts';
import type { Over, Subject } from './Subject.ts';

export const numbered = (n: number): Order => Orders.OrderPaid({ order: String(n), total: n });

const many = 10_000;

/** A source that never lets go of the turn is left when the reader has enough. */
export function stopsInTurn({ over, synchronous = { taken: 1 } }: Subject): () => void {
  return marbles(() => {
    let taken = 0;
    const source = new Observable<Order>((subscriber) => {
      while (!subscriber.closed && taken < many) subscriber.next(numbered(taken++));
    });
    const use = synchronous.over ?? over;
    use(source)
      .pipe(take(1))
      .subscribe({ error: () => {} });
    expect(taken).to.equal(synchronous.taken);
  });
}

/** A reader that makes the source emit while it is given a value gets all, once, in order. */
export function bearsReentry({ over, events = (given) => [given] }: Subject): () => void {
  return marbles(({ flush }) => {
    const source = new Emitter<Order>();
    const got: unknown[] = [];
    let sent = 0;
    const send = () => {
      if (sent < 8) source.next(numbered(sent++));
      else source.complete();
    };
    over(source).subscribe({
      next: (given) => {
        got.push(...events(given));
        send();
        send();
      },
      complete: () => got.push('end'),
    });
    timer(1).subscribe(send);
    flush();
    expect(got).to.deep.equal([...Array.from({ length: 8 }, (_, n) => numbered(n)), 'end']);
  });
}

/** What a callback throws is the stream's error, and all is left at that moment. */
export function failsWith(make: (thrower: () => never) => Over): () => void {
  return marbles(({ hot, flush }) => {
    const timers = trackTimers();
    const thrown = new Error('a callback threw');
    const source = hot<Order>('-a-a-a-(a#)', { a: paid }, 'the source failed');
    const told: unknown[] = [];
    const over = make(() => {
      throw thrown;
    });
    over(source).subscribe({ error: (error) => told.push(error, asyncScheduler.now()) });
    flush();
    timers.stop();
    const left = source.subscriptions.map(({ unsubscribedFrame }) => unsubscribedFrame);
    expect(told[0]).to.equal(thrown);
    expect(left.filter((frame) => frame !== told[1])).to.deep.equal([]);
    expect(timers.pending).to.equal(0);
  });
}
