/**
 * The name of an event for its key in a contract. An identifier becomes snake_case; any other key, such as
 * `'order.paid'`, is the name itself.
 *
 * A word starts at an upper-case letter after a lower-case one or a digit, and at the last of several upper-case
 * letters when a lower-case one follows: `HTTPError` is `http_error`, `Level2Update` is `level2_update`.
 *
 * @category event
 */
export type EventName<Key extends string> = string extends Key
  ? string
  : Key extends `${Digit}${string}`
    ? Key
    : SnakeCase<Key, 'none', '', Key>;

type Before = 'none' | 'lower' | 'upper';

type SnakeCase<
  Rest extends string,
  Last extends Before,
  Done extends string,
  Key extends string,
> = Rest extends `${infer C}${infer Next}`
  ? C extends Lowercase<C>
    ? C extends Uppercase<C>
      ? C extends Digit
        ? SnakeCase<Next, 'lower', `${Done}${C}`, Key>
        : C extends '_' | '$'
          ? SnakeCase<Next, 'none', `${Done}${C}`, Key>
          : Key
      : SnakeCase<Next, 'lower', `${Done}${C}`, Key>
    : SnakeCase<
        Next,
        'upper',
        `${Done}${Last extends 'lower' ? '_' : Last extends 'upper' ? Edge<Next> : ''}${Lowercase<C>}`,
        Key
      >
  : Done;

/** The separator between two upper-case letters when the second starts a word, because a lower-case letter follows. */
type Edge<Next extends string> = Next extends `${infer C}${string}`
  ? C extends Lowercase<C>
    ? C extends Uppercase<C>
      ? ''
      : '_'
    : ''
  : '';

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';

/** Converts a key as {@link EventName} does. It works on UTF-16 code units, as TypeScript does. @internal */
export function eventName(key: string): string {
  if (isDigit(key.charAt(0))) return key;
  let name = '';
  for (let index = 0; index < key.length; index++) {
    const char = key.charAt(index);
    if (!isUpper(char) && !isLower(char) && !isDigit(char) && char !== '_' && char !== '$') return key;
    const before = key.charAt(index - 1);
    const startsWord =
      isUpper(char) && (isLower(before) || isDigit(before) || (isUpper(before) && isLower(key.charAt(index + 1))));
    name += (startsWord ? '_' : '') + char.toLowerCase();
  }
  return name;
}

function isUpper(char: string): boolean {
  return char !== char.toLowerCase();
}

function isLower(char: string): boolean {
  return char === char.toLowerCase() && char !== char.toUpperCase();
}

function isDigit(char: string): boolean {
  return /^[0-9]$/.test(char);
}
