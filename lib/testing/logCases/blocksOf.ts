import type { EncodedEvent } from '../../event/encodeEvent.ts';
import { FrameParser } from '../../wire/FrameParser.ts';

/** A block of a page, read as a browser reads it. */
export interface Block extends EncodedEvent {
  readonly id: string | undefined;
}

/** The blocks in bytes that are whole: what a reader gets who begins with them. */
export function blocksOf(bytes: Uint8Array): readonly Block[] {
  const blocks: Block[] = [];
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
