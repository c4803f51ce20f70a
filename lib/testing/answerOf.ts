import { shorten } from '../data/shorten.ts';
import { textOf } from './Marks.ts';
import type { TestReader } from './TestReader.ts';

/** The most characters of a body in a message. */
const maxAnswerLength = 400;

/**
 * Describes a response that is not a stream, and what the route passed to `next`; empty where there is nothing to
 * describe. `when` follows the status.
 */
export function answerOf({ status, isStream, text, error }: TestReader, when = ''): string {
  const body = text.replace(/\s+/g, ' ').trim();
  const answer =
    status === undefined || isStream ? [] : [`the answer was ${status} and no stream${when}${saying(body)}`];
  const passed = error === undefined ? [] : [`next was called with ${error instanceof Error ? error : textOf(error)}`];
  return [...answer, ...passed].join('; ');
}

function saying(body: string): string {
  return body === '' ? '' : `: ${shorten(body, maxAnswerLength)}`;
}
