import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { ClosedError } from '../../error/ClosedError.ts';
import { FencedError } from '../../error/FencedError.ts';
import type { LogEnd, Page, PastEpoch } from '../EventLog.ts';

/** The words of a result. */
export type Words = readonly string[];

/** Returns the words of a result, or why nothing was done. */
export function tryWords(result: unknown, token = 0): Either<Error, Words> {
  const words = String(result).split(' ');
  if (words[0] === 'ended') return left(new ClosedError('the log', 'ended'));
  return words[0] === 'fenced' ? left(new FencedError(token, Number(words[1]))) : right(words);
}

/** Returns the state in the result of an append or an end, as it is published. */
export const publishedState = ([epoch, , tail, ended = '']: Words): string => `${epoch} ${tail} ${ended}`;

/** Returns the page that a script has read: its state in words, and the frames. */
export function pageFrom([header = '', frames = '']: readonly (string | Uint8Array)[]): Page {
  const [epoch = '', tail, floor, after, last, ended = '', ...past] = String(header).split(' ');
  return {
    epoch,
    past: pastIn(past),
    floor: Number(floor),
    tail: Number(tail),
    ended: endIn(ended),
    after: Number(after),
    last: Number(last),
    bytes: typeof frames === 'string' ? Buffer.from(frames) : frames,
  };
}

/** Returns how a log has ended, in a word that is empty while it has not. */
export const endIn = (ended: string): false | LogEnd => (ended === '' ? false : (ended as LogEnd));

/** Returns the past epochs in `epoch last epoch last ...`. */
export function pastIn(values: readonly string[]): readonly PastEpoch[] {
  return values.flatMap((epoch, index) => (index % 2 === 0 ? [{ epoch, last: Number(values[index + 1]) }] : []));
}
