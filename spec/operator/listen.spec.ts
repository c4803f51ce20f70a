import { expect } from 'chai';
import { finalize, Observable, type Subscriber, take } from 'rxjs';
import { listen } from '../../lib/operator/listen.ts';

/** Returns a source that a spec ends, with a teardown. */
function source(teardown: () => void) {
  let ours: Subscriber<number> | undefined;
  const made = new Observable<number>((subscriber) => {
    ours = subscriber;
    return teardown;
  });
  return { made, subscriber: () => ours as Subscriber<number> };
}

/** Listens for a subscriber, and returns the notifications that it receives. */
function listenTo(made: Observable<number>, callbacks: Partial<Parameters<typeof listen<number>>[2]>): string[] {
  const notifications: string[] = [];
  new Observable<number>((subscriber) => {
    listen(made, subscriber, { next: (value) => subscriber.next(value), ...callbacks });
  }).subscribe({
    next: (value) => notifications.push(`${value}`),
    error: (error) => notifications.push(`error ${error.message ?? error}`),
    complete: () => notifications.push('complete'),
  });
  return notifications;
}

describe('listen', () => {
  const fails = () => {
    throw new Error('from the teardown');
  };

  it('unsubscribes from the source before it notifies of the end', () => {
    const order: string[] = [];
    const { made, subscriber } = source(() => order.push('unsubscribed'));
    listenTo(made, { complete: () => order.push('then') });
    subscriber().complete();
    expect(order).to.deep.equal(['unsubscribed', 'then']);
  });

  it('notifies of the end of a source whose teardown throws, and throws its error', () => {
    for (const end of ['complete', 'error'] as const) {
      const { made, subscriber } = source(fails);
      const notifications = listenTo(made, {
        complete: () => notifications.push('ended'),
        error: () => notifications.push('ended'),
      });
      expect(() => subscriber()[end]('no')).to.throw('from the teardown');
      expect(notifications).to.deep.equal(['ended']);
    }
  });

  it('errors the stream with what a callback throws', () => {
    const throwing = () => {
      throw new Error('mistaken');
    };
    for (const [callback, call] of [
      ['next', (s) => s.next(1)],
      ['complete', (s) => s.complete()],
      ['error', (s) => s.error('no')],
    ] as readonly (readonly [string, (s: Subscriber<number>) => void])[]) {
      const { made, subscriber } = source(() => {});
      const notifications = listenTo(made, { [callback]: throwing });
      call(subscriber());
      expect(notifications, callback).to.deep.equal(['error mistaken']);
    }
  });

  it('throws an error that follows the end to the code that ended the source', () => {
    const { made, subscriber } = source(() => {});
    new Observable<number>((inner) => {
      listen(made, inner, { next: () => {}, complete: () => inner.complete() });
    })
      .pipe(finalize(fails))
      .subscribe();
    expect(() => subscriber().complete()).to.throw('from the teardown');
  });

  it('passes the end on without a callback for it', () => {
    const first = source(() => {});
    const notifications = listenTo(first.made, {});
    first.subscriber().next(1);
    first.subscriber().complete();
    const second = source(() => {});
    const others = listenTo(second.made, {});
    second.subscriber().error('no');
    expect([notifications, others]).to.deep.equal([['1', 'complete'], ['error no']]);
  });

  it('can be unsubscribed from a source that emits synchronously', () => {
    let emitted = 0;
    const all = new Observable<number>((subscriber) => {
      const endless = new Observable<number>((inner) => {
        while (!inner.closed && emitted < 100) inner.next(emitted++);
      });
      listen(endless, subscriber, { next: (value) => subscriber.next(value) });
    });
    all.pipe(take(3)).subscribe();
    expect(emitted).to.equal(3);
  });
});
