import type { EncodedEvent } from '../../event/encodeEvent.ts';
import { FrameParser } from '../../wire/FrameParser.ts';

/** Returns an event with a number in it, so that a misplaced one is detected. */
export function numbered(number: number, by = ''): EncodedEvent {
  return { event: 'numbered', data: `${by}${number}`, retry: undefined };
}

/** Returns the events from one number to another, both included. */
export function numbers(from: number, to: number, by = ''): readonly EncodedEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => numbered(from + index, by));
}

/** Returns their data. */
export function dataOf(drafts: readonly EncodedEvent[]): readonly string[] {
  return drafts.map(({ data }) => data);
}

/** One of each kind of field that a message may have. */
export const unusualEvents: readonly EncodedEvent[] = [
  { event: undefined, data: 'no name', retry: undefined },
  { event: 'named', data: '{"a":[1,2]}', retry: undefined },
  { event: 'waits', data: 'a retry', retry: 2500 },
  { event: 'waits', data: 'none at all', retry: 0 },
  { event: 'raw', data: 'two\nlines', retry: undefined },
  { event: 'raw', data: '\n\nempty lines around\n\n', retry: undefined },
  { event: 'raw', data: '', retry: undefined },
  { event: 'raw', data: '\n', retry: undefined },
  { event: 'raw', data: ' spaces around ', retry: undefined },
  { event: 'raw', data: 'data: x\nid: 7\nevent: y\n: comment\nretry: 1', retry: 100 },
  { event: 'été', data: 'Grüße, 世界, שלום, 🙂, \u2028, \uFEFF, \u0001', retry: undefined },
  { event: 'wide', data: 'é'.repeat(700) + '世'.repeat(700) + '🙂'.repeat(700), retry: undefined },
];

/** A frame of a page, parsed as a browser parses it. */
export interface StoredBlock extends EncodedEvent {
  readonly id: string | undefined;
}

/** Parses the frames in complete bytes, as a reader does that starts with them. */
export function blocksOf(bytes: Uint8Array): readonly StoredBlock[] {
  const blocks: StoredBlock[] = [];
  let retry: number | undefined;
  const parser = new FrameParser({
    maxEventBytes: Infinity,
    onRetry: ({ ms }) => {
      retry = ms;
    },
    onMessage: ({ id, event, data }) => {
      blocks.push({ id, event, data, retry });
      retry = undefined;
    },
  });
  parser.push(bytes);
  return blocks;
}
