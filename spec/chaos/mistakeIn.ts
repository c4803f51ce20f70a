import type { Pipeline } from './pipelines.ts';

/** One received item: the numbers of one event, a gap, or the end. */
export type ReceivedItem = readonly number[] | 'gap' | 'end';

/**
 * Describes what a reader missed or received again, of numbers that were published from 0 in order; `undefined` when it
 * received what was promised: each number once and in order, or a gap exactly where some are missing.
 */
export function mistakeIn(
  received: readonly ReceivedItem[],
  published: number,
  { mustArrive = () => true, keyOf = () => 0 }: Pipeline,
  mayHaveGaps: boolean,
): string | undefined {
  const last = new Map<number, number>();
  let isGap = false;
  let next = 0;
  const missing = (before: number): number | undefined => {
    for (let n = next; n < before; n++) if (mustArrive(n)) return n;
    return undefined;
  };
  for (const item of received.slice(0, -1)) {
    if (item === 'end') return 'the end came before the last event';
    if (item === 'gap') {
      if (!mayHaveGaps) return 'a gap came, although the log stores everything';
      isGap = true;
      continue;
    }
    for (const n of item) {
      const key = keyOf(n);
      const before = last.get(key) ?? -1;
      if (n <= before) return `${n} came after ${before}`;
      last.set(key, n);
      const missed = missing(n);
      if (isGap && n === next) return `a gap came before ${n}, and nothing is missing there`;
      if (!isGap && missed !== undefined) return `${missed} is missing before ${n}, and no gap says so`;
      next = Math.max(next, n + 1);
      isGap = false;
    }
  }
  if (received.at(-1) !== 'end') return 'the end is missing';
  const missed = missing(published);
  return isGap || missed === undefined ? undefined : `${missed} is missing at the end`;
}
