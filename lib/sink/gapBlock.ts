import type { Gap } from '../event/Gap.ts';
import { encodeFrame } from '../wire/encodeFrame.ts';
import { gap } from '../wire/reserved.ts';

/** A gap at its place: its id is the position before what follows. */
export function gapBlock(data: Gap['data'], cursor = data.resumedFrom): string {
  return encodeFrame(gap(cursor, JSON.stringify(data)));
}
