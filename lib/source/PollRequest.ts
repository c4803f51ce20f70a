/** The argument of a poll, which can be passed to `fetch(url, request)` as it is. @category source */
export interface PollRequest<T> {
  /** Aborted when the poll is unsubscribed from, exceeds its timeout, or ends. */
  readonly signal: AbortSignal;
  /** `If-None-Match` and `If-Modified-Since`, from the last response that had an `ETag` or a `Last-Modified`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The `ETag` of the last response that `conditionalGet` read. */
  readonly etag: string | undefined;
  /** The `Last-Modified` of the last response that `conditionalGet` read. */
  readonly lastModified: string | undefined;
  /** The last value of the stream; `undefined` before the first. */
  readonly last: T | undefined;
}

/** The state that one subscriber keeps between its polls. */
export interface PollState<T> {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
  readonly last?: T;
}

export function pollRequestOf<T>({ etag, lastModified, last }: PollState<T>, signal: AbortSignal): PollRequest<T> {
  const headers = {
    ...(etag !== undefined && { 'If-None-Match': etag }),
    ...(lastModified !== undefined && { 'If-Modified-Since': lastModified }),
  };
  return { signal, headers, etag, lastModified, last };
}
