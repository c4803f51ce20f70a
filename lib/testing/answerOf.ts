import { shorten } from '../data/shorten.ts';
import { textOf } from './Marks.ts';
import type { TestReader } from './TestReader.ts';

/** Most characters of a body that are told. */
const longest = 400;

/**
 * How an answer that is no stream explains itself, and what the route gave to
 * `next`; empty where there is nothing to explain. `when` is put behind the status.
 */
export function answerOf({ status, isStream, text, error }: TestReader, when = ''): string {
  const body = text.replace(/\s+/g, ' ').trim();
  const answer =
    status === undefined || isStream ? [] : [`the answer was ${status} and no stream${when}${saying(body)}`];
  const given = error === undefined ? [] : [`next was given ${error instanceof Error ? error : textOf(error)}`];
  return [...answer, ...given].join('; ');
}

function saying(body: string): string {
  return body === '' ? '' : `: ${shorten(body, longest)}`;
}
