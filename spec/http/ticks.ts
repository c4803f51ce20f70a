import * as t from 'io-ts';
import { events, type Feed } from '../../lib/index.ts';

/** The contract of the specs: numbered ticks, one after the other. */
export const Ticks = events({ Tick: t.number });

/** Publishes these numbers together, and resolves to the cursor of the last one. */
export function publish(to: Feed<typeof Ticks>, ...numbers: readonly number[]): PromiseLike<string> {
  return to.publish(numbers.map((n) => Ticks.Tick(n)));
}

/** Returns a text without its random epochs. */
export function shown(text: string): string {
  return text.replaceAll(/1\.[\w-]{16}\./g, '1.E.');
}
