import { kindOf } from '../data/kindOf.ts';
import { shorten } from '../data/shorten.ts';

/** A duration in the notation of marble diagrams: `'60ms'`, `'10s'`, `'1.5m'`. */
export type MarbleTime = `${number}ms` | `${number}s` | `${number}m`;

/** The most characters of an invalid duration in a message. */
const maxTextLength = 40;

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** Returns the milliseconds of a duration; `where` starts the message of its TypeError. */
export function millisecondsOf(time: MarbleTime, where: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(time) ?? [];
  const scale = unit === undefined ? undefined : units[unit];
  if (scale === undefined) {
    const got = typeof time === 'string' ? `'${shorten(time, maxTextLength)}'` : kindOf(time);
    throw new TypeError(`${where} must be a time such as '60ms', '10s' or '2m', got ${got}`);
  }
  return Number(digits) * scale;
}
