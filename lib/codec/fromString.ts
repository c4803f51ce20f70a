import type * as t from 'io-ts';
import { typed } from './exact/ExactCodec.ts';
import { textLeaf } from './exact/leaf.ts';

/**
 * A whole number as decimal text on the wire, in a query for example.
 *
 * Each number has one spelling: no sign but `-`, no leading zero, no exponent, no spaces; at most 2⁵³ − 1 in either
 * direction.
 *
 * @example Request a page
 * app.get('/orders', sse({ query: { page: IntFromString } }, ({ query }) => pageOf(query.page)));
 *
 * @category event
 */
export const IntFromString: t.Type<number, string, unknown> = typed(
  textLeaf(
    'IntFromString',
    'a whole number in decimal digits',
    (value): value is number => Number.isSafeInteger(value),
    (text) => numberIf(/^(0|-?[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text)), text),
    (value) => String(value),
    { keywords: { pattern: '^(0|-?[1-9]\\d{0,15})$', examples: ['1'] }, parsed: 'integer' },
  ),
);

/**
 * A finite number as text on the wire, in a query for example, spelt as in JSON.
 *
 * @example Request prices above a limit
 * app.get('/prices', sse({ query: { limit: NumberFromString } }, ({ query }) => above(query.limit)));
 *
 * @category event
 */
export const NumberFromString: t.Type<number, string, unknown> = typed(
  textLeaf(
    'NumberFromString',
    'a number',
    (value): value is number => Number.isFinite(value),
    (text) => numberIf(/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text)), text),
    (value) => String(value),
    { keywords: { pattern: '^-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?$', examples: ['1.5'] }, parsed: 'number' },
  ),
);

/**
 * `true` or `false` as text on the wire, in a query for example.
 *
 * @example Let the reader choose
 * app.get('/news', sse({ query: { drafts: withDefault(BooleanFromString, () => false) } }, ({ query }) => news(query.drafts)));
 *
 * @category event
 */
export const BooleanFromString: t.Type<boolean, string, unknown> = typed(
  textLeaf(
    'BooleanFromString',
    'true or false',
    (value): value is boolean => typeof value === 'boolean',
    (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
    (value) => String(value),
    { keywords: { enum: ['true', 'false'] }, parsed: 'boolean' },
  ),
);

function numberIf(valid: boolean, text: string): number | undefined {
  return valid ? Number(text) : undefined;
}
