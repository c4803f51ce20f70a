import { expect } from 'chai';
import { finalize, Observable, type Subscriber, take } from 'rxjs';
import { listen } from '../../lib/operator/listen.ts';

/** A source that is ended by hand, and does this when it is left. */
function source(teardown: () => void) {
  let ours: Subscriber<number> | undefined;
  const made = new Observable<number>((subscriber) => {
    ours = subscriber;
    return teardown;
  });
  return { made, subscriber: () => ours as Subscriber<number> };
}

/** Listens on behalf of a reader, and gives what the reader hears. */
function heard(made: Observable<number>, ears: Partial<Parameters<typeof listen<number>>[2]>): string[] {
  const words: string[] = [];
  new Observable<number>((subscriber) => {
    listen(made, subscriber, { next: (value) => subscriber.next(value), ...ears });
  }).subscribe({
    next: (value) => words.push(`${value}`),
    error: (error) => words.push(`error ${error.message ?? error}`),
    complete: () => words.push('complete'),
  });
  return words;
}

describe('listen', () => {
  const fails = () => {
    throw new Error('cannot be left');
  };

  it('unsubscribes from the source before it notifies of the end', () => {
    const order: string[] = [];
    const { made, subscriber } = source(() => order.push('left'));
    heard(made, { complete: () => order.push('then') });
    subscriber().complete();
    expect(order).to.deep.equal(['left', 'then']);
  });

  it('notifies of the end of a source whose teardown throws, and throws its error', () => {
    for (const end of ['complete', 'error'] as const) {
      const { made, subscriber } = source(fails);
      const words = heard(made, { complete: () => words.push('ended'), error: () => words.push('ended') });
      expect(() => subscriber()[end]('no')).to.throw('cannot be left');
      expect(words).to.deep.equal(['ended']);
    }
  });

  it('errors the stream with what a callback throws', () => {
    const mistake = () => {
      throw new Error('mistaken');
    };
    for (const [ear, call] of [
      ['next', (s) => s.next(1)],
      ['complete', (s) => s.complete()],
      ['error', (s) => s.error('no')],
    ] as readonly (readonly [string, (s: Subscriber<number>) => void])[]) {
      const { made, subscriber } = source(() => {});
      const words = heard(made, { [ear]: mistake });
      call(subscriber());
      expect(words, ear).to.deep.equal(['error mistaken']);
    }
  });

  it('throws an error that follows the end to the code that ended the source', () => {
    const { made, subscriber } = source(() => {});
    new Observable<number>((inner) => {
      listen(made, inner, { next: () => {}, complete: () => inner.complete() });
    })
      .pipe(finalize(fails))
      .subscribe();
    expect(() => subscriber().complete()).to.throw('cannot be left');
  });

  it('passes the end on without a callback for it', () => {
    const first = source(() => {});
    const words = heard(first.made, {});
    first.subscriber().next(1);
    first.subscriber().complete();
    const second = source(() => {});
    const others = heard(second.made, {});
    second.subscriber().error('no');
    expect([words, others]).to.deep.equal([['1', 'complete'], ['error no']]);
  });

  it('can be unsubscribed from a source that emits synchronously', () => {
    let given = 0;
    const all = new Observable<number>((subscriber) => {
      const endless = new Observable<number>((inner) => {
        while (!inner.closed && given < 100) inner.next(given++);
      });
      listen(endless, subscriber, { next: (value) => subscriber.next(value) });
    });
    all.pipe(take(3)).subscribe();
    expect(given).to.equal(3);
  });
});
