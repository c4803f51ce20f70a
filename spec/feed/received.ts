import type { TestReader } from '../../lib/testing/index.ts';
import type { Frame } from '../../lib/wire/index.ts';

/** Returns what a reader received, in short: the data of events, and the names of the library's own events. */
export function received(reader: TestReader): readonly string[] {
  return reader.frames.flatMap(({ frame }) => short(frame));
}

function short(frame: Frame): readonly string[] {
  if (frame._tag !== 'Message') return [];
  if (frame.event === 'rxsse.gap') return [`gap ${JSON.parse(frame.data).reason}`];
  if (frame.event?.startsWith('rxsse.')) return [frame.event.slice('rxsse.'.length)];
  return [frame.data];
}
