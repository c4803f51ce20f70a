/**
 * Who hears of something beside the stream: any RxJS observer, a `BehaviorSubject`
 * say, or an object with `next`. Never completed: it may hear of several streams.
 * What it throws is an error of the stream.
 *
 * @category client
 */
export interface Hearer<T> {
  next(value: T): void;
}
