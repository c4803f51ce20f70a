import type { EncodedEvent } from '../../event/encodeEvent.ts';
import { FrameParser } from '../../wire/FrameParser.ts';

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
