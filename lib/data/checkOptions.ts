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

/** Returns a question for the most similar name, without regard to case; empty when it has more than two letters that differ. */
function suggestion(name: string, names: readonly string[]): string {
  const differences = (other: string): number => distance(name.toLowerCase(), other.toLowerCase());
  const nearest = names.reduce((best, other) => (differences(other) < differences(best) ? other : best));
  return differences(nearest) <= 2 ? `; did you mean ${nearest}?` : '';
}

/** Returns how many letters have to be replaced, added or removed to get from one word to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const letter of from) {
    let left = (row[0] as number) + 1;
    row = row.map((above, column) => {
      if (column === 0) return left;
      const diagonal = (row[column - 1] as number) + (letter === to[column - 1] ? 0 : 1);
      left = Math.min(above + 1, left + 1, diagonal);
      return left;
    });
  }
  return row[to.length] as number;
}
