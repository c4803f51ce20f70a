import { cursorOf } from '../../event/cursor.ts';
import type { EncodedEvent } from '../../event/encodeEvent.ts';
import { encodeMessage } from '../../wire/encodeFrame.ts';

/** The bytes before the frame hold when the entry was appended: milliseconds of the wall clock. */
const timeLength = 6;

/**
 * Encodes an entry for the storage: its frame without the id. The id is added when the entry is read, so that a new
 * epoch renames all entries without writing one.
 */
export function storedEntry({ event, data, retry }: EncodedEvent, time: number): Uint8Array {
  const frame = encodeMessage(undefined, event, data, retry);
  const bytes = Buffer.allocUnsafe(timeLength + Buffer.byteLength(frame));
  bytes.writeUIntBE(Math.max(0, Math.floor(time)), 0, timeLength);
  bytes.write(frame, timeLength);
  return bytes;
}

export function timeOf(entry: Uint8Array): number {
  return Buffer.from(entry.buffer, entry.byteOffset, timeLength).readUIntBE(0, timeLength);
}

export const idLine = (epoch: string, sequence: number): string => `id: ${cursorOf(epoch, sequence)}\n`;

export const wireLength = (id: string, entry: Uint8Array): number => id.length + entry.length - timeLength;

/** Writes the whole frame and returns the offset after it. */
export function writeEntry(page: Buffer, at: number, id: string, entry: Uint8Array): number {
  page.write(id, at, 'latin1');
  page.set(entry.subarray(timeLength), at + id.length);
  return at + wireLength(id, entry);
}
