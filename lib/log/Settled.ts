import { Observable } from 'rxjs';

/**
 * The result of an operation that is done already: like `of(value)`, but its value can be read without a subscription, which
 * takes longer than to store an event in memory.
 */
export class Settled<T> extends Observable<T> {
  readonly value: T;

  constructor(value: T) {
    super((subscriber) => {
      subscriber.next(value);
      subscriber.complete();
    });
    this.value = value;
  }
}
