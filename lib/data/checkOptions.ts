import { kindOf } from './kindOf.ts';

/** The kind of each option's value, as `typeof` names it; several are separated by ` or `, and `''` is checked elsewhere. */
export type OptionKinds<O> = Readonly<Record<O extends unknown ? keyof O : never, string>>;

/**
 * Checks that an object has options of these names and kinds only.
 *
 * ```text
 * sse: unknown option heartBeat; did you mean heartbeat?
 * ```
 *
 * @param caller names the function, or the option that is an object: `sse`, `sse: resume`
 * @throws TypeError for a value that is not an object, an option of another name and one of another kind.
 * @internal
 */
export function checkOptions(caller: string, options: unknown, kinds: Readonly<Record<string, string>>): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${caller} must be an object of options, got ${kindOf(options)}`);
  }
  const path = caller.includes(': ') ? `${caller}.` : `${caller}: `;
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(kinds, name)) {
      throw new TypeError(`${caller}: unknown option ${name}${suggestion(name, Object.keys(kinds))}`);
    }
    const accepted = kinds[name] as string;
    if (value === undefined || accepted === '') continue;
    const names = accepted.split(' or ');
    if (names.includes(value === null ? 'null' : typeof value)) continue;
    const expected = names.map((kind) => (kind === 'null' ? kind : kind === 'object' ? 'an object' : `a ${kind}`));
    throw new TypeError(`${path}${name} must be ${expected.join(' or ')}, got ${kindOf(value)}`);
  }
}

/**
 * Returns a question for the most similar name, without regard to case; empty where more than two letters differ, or all do.
 * A name from outside may be of any length: the work depends on the other names alone.
 *
 * @internal
 */
export function suggestion(name: string, names: readonly string[]): string {
  let nearest = '';
  let least = 3;
  for (const other of names) {
    // Longer or shorter by more letters, it differs by more.
    if (Math.abs(other.length - name.length) >= least) continue;
    const differences = distance(name.toLowerCase(), other.toLowerCase(), Math.min(least, other.length) - 1);
    if (differences < least) {
      nearest = other;
      least = differences;
    }
  }
  return nearest && `; did you mean ${nearest}?`;
}

/**
 * Returns how many letters have to be replaced, added or removed to get from one word to the other; `Infinity` where more
 * than `most`.
 */
function distance(from: string, to: string, most: number): number {
  if (from === to) return 0;
  if (most < 1) return Infinity;
  const left = from.slice(1);
  const right = to.slice(1);
  if (from[0] === to[0]) return distance(left, right, most);
  return 1 + Math.min(distance(left, right, most - 1), distance(left, to, most - 1), distance(from, right, most - 1));
}
