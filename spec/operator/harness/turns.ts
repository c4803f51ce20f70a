import { expect } from 'chai';
import { asyncScheduler, Subject as Emitter, Observable, take, timer } from 'rxjs';
import { marbles } from '../../../lib/testing/marbles.ts';
import { trackTimers } from '../../support/trackTimers.ts';
import { type Order, Orders, paid } from '../sample.ts';
import type { Subject, Use } from './Subject.ts';

const numbered = (n: number): Order => Orders.OrderPaid({ order: String(n), total: n });

const many = 10_000;

/** Checks that an endless synchronous source stops when the subscriber unsubscribes. */
export function stopsSynchronousSource({ over, synchronous = { taken: 1 } }: Subject): () => void {
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

/** Checks that a subscriber that makes the source emit while it receives a value receives all values once, in order. */
export function keepsOrderWhenReentered({ over, events = (value) => [value] }: Subject): () => void {
  return marbles(({ flush }) => {
    const source = new Emitter<Order>();
    const got: unknown[] = [];
    let sent = 0;
    const send = () => {
      if (sent < 8) source.next(numbered(sent++));
      else source.complete();
    };
    over(source).subscribe({
      next: (value) => {
        got.push(...events(value));
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

/** Checks that an error of a callback errors the stream, and ends all subscriptions at once. */
export function errorsWithThrown(make: (thrower: () => never) => Use): () => void {
  return marbles(({ hot, flush }) => {
    const timers = trackTimers();
    const thrown = new Error('a callback threw');
    const source = hot<Order>('-a-a-a-(a#)', { a: paid }, 'the source failed');
    const received: unknown[] = [];
    const over = make(() => {
      throw thrown;
    });
    over(source).subscribe({ error: (error) => received.push(error, asyncScheduler.now()) });
    flush();
    timers.stop();
    const ends = source.subscriptions.map(({ unsubscribedFrame }) => unsubscribedFrame);
    expect(received[0]).to.equal(thrown);
    expect(ends.filter((frame) => frame !== received[1])).to.deep.equal([]);
    expect(timers.pending).to.equal(0);
  });
}
