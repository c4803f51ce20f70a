import * as E from 'fp-ts/lib/Either.js';
import { parseCursor } from '../../event/cursor.ts';
import type { LogState, Page } from '../../log/EventLog.ts';
import { blocksOf, type StoredBlock } from './blocksOf.ts';
import { holds, same } from './same.ts';

/** Checks what must be true of every page of every log, whatever else happens at that moment; returns its entries. */
export function checkPage(page: Page, requested: number, maxBytes: number): readonly StoredBlock[] {
  checkState(page);
  const { floor, tail, after, last, bytes } = page;
  const what = `the page after ${requested} of ${maxBytes} bytes, with floor ${floor} and tail ${tail},`;
  same(`${what} begins after`, after, Math.max(requested, floor));
  holds(`${what} ends at ${last}, before it begins`, last >= after);
  holds(`${what} ends at ${last}, behind the tail`, last <= Math.max(after, tail));
  holds(`${what} is empty, so nobody gets past it`, last > after || after >= tail);
  holds(`${what} has ${bytes.length} bytes`, bytes.length <= maxBytes || last === after + 1);

  const blocks = blocksOf(bytes);
  same(`${what} whole blocks from ${after} to ${last}`, blocks.length, last - after);
  blocks.forEach(({ id }, index) => {
    const parsed = parseCursor(id ?? '');
    const sequence = after + 1 + index;
    const position = E.isRight(parsed) ? parsed.right : undefined;
    same(`${what} the sequence in the id of entry ${sequence}, ${id},`, position?.sequence, sequence);
    same(`${what} whether id ${id} is an end`, position?.end, false);
    holds(`${what} id ${id} is of another epoch`, covers(page, position?.epoch, sequence));
  });
  return blocks;
}

/** Returns whether a cursor of that epoch is exact in this log. */
export function covers({ epoch, past }: LogState, of: string | undefined, sequence: number): boolean {
  return of === epoch || past.some((earlier) => earlier.epoch === of && sequence <= earlier.last);
}

function checkState({ epoch, past, floor, tail, ended }: LogState): void {
  holds(`the epoch has to fit into a cursor, got ${epoch}`, /^[A-Za-z0-9_-]{1,32}$/.test(epoch));
  holds(
    `floor ${floor} and tail ${tail} are no whole numbers`,
    Number.isSafeInteger(floor) && Number.isSafeInteger(tail),
  );
  holds(`floor ${floor} is not between 0 and the tail, ${tail}`, floor >= 0 && floor <= tail);
  holds(`ended is ${ended}`, ended === false || ended === 'completed' || ended === 'failed');
  const lasts = past.map(({ last }) => last);
  same(
    'past epochs come oldest first',
    lasts,
    [...lasts].sort((a, b) => a - b),
  );
  holds(
    'a past epoch goes beyond the tail',
    lasts.every((last) => last <= tail),
  );
}
