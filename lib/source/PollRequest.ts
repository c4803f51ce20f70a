/** What a poll knows when it asks; `fetch(url, request)` takes it as it is. @category source */
export interface PollRequest<T> {
  /** Aborted when the poll is left, took too long, or is over. */
  readonly signal: AbortSignal;
  /** `If-None-Match` and `If-Modified-Since`, of the last answer that had what they need. */
  readonly headers: Readonly<Record<string, string>>;
  /** The `ETag` of the last answer that `conditionalGet` read. */
  readonly etag: string | undefined;
  /** The `Last-Modified` of the last answer that `conditionalGet` read. */
  readonly lastModified: string | undefined;
  /** The last value of the stream; `undefined` before the first. */
  readonly last: T | undefined;
}

/** What the polls of one subscriber remember. */
export interface Known<T> {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
  readonly last?: T;
}

export function requestOf<T>({ etag, lastModified, last }: Known<T>, signal: AbortSignal): PollRequest<T> {
  const headers = {
    ...(etag !== undefined && { 'If-None-Match': etag }),
    ...(lastModified !== undefined && { 'If-Modified-Since': lastModified }),
  };
  return { signal, headers, etag, lastModified, last };
}
