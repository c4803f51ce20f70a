import { reservedName } from '../wire/reservedName.ts';

/**
 * The name of an event for its key in a contract, in snake_case. A word starts at an upper-case letter after a
 * lower-case one or a digit, and at the last of several upper-case letters when a lower-case one follows: `HTTPError`
 * is `http_error`, `Level2Update` is `level2_update`.
 *
 * @category event
 */
export type SnakeCase<Key extends string> = string extends Key ? string : Snake<Key, 'none', ''>;

type Before = 'none' | 'lower' | 'upper';

type Snake<Rest extends string, Last extends Before, Done extends string> = Rest extends `${infer C}${infer Next}`
  ? C extends Lowercase<C>
    ? Snake<Next, C extends Uppercase<C> ? (C extends Digit ? 'lower' : 'none') : 'lower', `${Done}${C}`>
    : Snake<
        Next,
        'upper',
        `${Done}${Last extends 'lower' ? '_' : Last extends 'upper' ? Edge<Next> : ''}${Lowercase<C>}`
      >
  : Done;

/** A word ends before an upper-case letter that is followed by a lower-case one. */
type Edge<Next extends string> = Next extends `${infer C}${string}`
  ? C extends Lowercase<C>
    ? C extends Uppercase<C>
      ? ''
      : '_'
    : ''
  : '';

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';

/** Converts a key as {@link SnakeCase} does. It works on UTF-16 code units, as TypeScript does. @internal */
export function snakeCase(key: string): string {
  let name = '';
  for (let index = 0; index < key.length; index++) {
    const char = key.charAt(index);
    const begins =
      isUpper(char) &&
      (endsWord(key.charAt(index - 1)) || (isUpper(key.charAt(index - 1)) && isLower(key.charAt(index + 1))));
    name += (begins ? '_' : '') + char.toLowerCase();
  }
  return name;
}

function isUpper(char: string): boolean {
  return char !== char.toLowerCase();
}

function isLower(char: string): boolean {
  return char === char.toLowerCase() && char !== char.toUpperCase();
}

function endsWord(char: string): boolean {
  return isLower(char) || /^[0-9]$/.test(char);
}

/**
 * Checks the name of an event.
 *
 * @throws TypeError when the name is empty or reserved, or contains CR, LF, NUL or half of a surrogate pair, which
 * `event:` cannot carry.
 * @internal
 */
export function checkName(name: string): void {
  if (typeof name !== 'string') throw new TypeError(`an event's name is a string, got ${typeof name}`);
  if (name === '') throw new TypeError('an event needs a name, got an empty one');
  if (/[\r\n\0]/.test(name)) throw new TypeError(`${JSON.stringify(name)}: a name cannot hold CR, LF or NUL`);
  if (/\p{Surrogate}/u.test(name))
    throw new TypeError(`${JSON.stringify(name)}: a name cannot hold half a surrogate pair`);
  const reserved = reservedName(name);
  if (reserved !== undefined) throw new TypeError(`${name} ${reserved}`);
}
