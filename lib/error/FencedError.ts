import { RxsseError } from './RxsseError.ts';

/**
 * A log has refused a write because another producer has claimed it since: the token of the write is not that of the
 * newest claim. Nothing was stored.
 *
 * A feed whose source produces under a claim passes it to `onError`, stops the source in this process and claims again;
 * the source runs in the other process meanwhile. A program that claims a log itself stops producing as well.
 *
 * @example Tell a producer that was replaced from a storage that failed
 * const isReplaced = (error: unknown) => error instanceof FencedError;
 *
 * @category error
 */
export class FencedError extends RxsseError {
  readonly _tag = 'FencedError';
  /** The token of the write. */
  readonly token: number;
  /** The token of the newest claim; 0 where the log was never claimed. */
  readonly current: number;

  constructor(token: number, current: number) {
    super(
      `the log was written to with token ${token}, and the newest claim has token ${current}: another producer has ` +
        'claimed it since; stop producing, and claim it again',
    );
    this.token = token;
    this.current = current;
  }
}
