import type * as t from 'io-ts';
import { typed } from './exact/ExactCodec.ts';
import { textLeaf } from './exact/leaf.ts';

/**
 * A whole number that is decimal text on the wire, as in a query.
 *
 * One spelling for each number: no sign but `-`, no leading zero, no exponent,
 * nothing around it; at most 2⁵³ − 1 either way.
 *
 * @example Ask for a page
 * app.get('/orders', sse(({ query }) => pageOf(query.page), { query: { page: IntFromString } }));
 *
 * @category event
 */
export const IntFromString: t.Type<number, string, unknown> = typed(
  textLeaf(
    'IntFromString',
    (value): value is number => Number.isSafeInteger(value),
    (text) => numberIf(/^(0|-?[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text)), text),
    (value) => String(value),
  ),
);

/**
 * A number that is text on the wire, as in a query, spelt as JSON spells
 * numbers. Only finite ones.
 *
 * @example Ask for prices above a limit
 * app.get('/prices', sse(({ query }) => above(query.limit), { query: { limit: NumberFromString } }));
 *
 * @category event
 */
export const NumberFromString: t.Type<number, string, unknown> = typed(
  textLeaf(
    'NumberFromString',
    (value): value is number => Number.isFinite(value),
    (text) => numberIf(/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text)), text),
    (value) => String(value),
  ),
);

/**
 * `true` or `false` as that text, as in a query.
 *
 * @example Let the reader choose
 * app.get('/news', sse(({ query }) => news(query.drafts), { query: { drafts: withDefault(BooleanFromString, () => false) } }));
 *
 * @category event
 */
export const BooleanFromString: t.Type<boolean, string, unknown> = typed(
  textLeaf(
    'BooleanFromString',
    (value): value is boolean => typeof value === 'boolean',
    (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
    (value) => String(value),
  ),
);

function numberIf(valid: boolean, text: string): number | undefined {
  return valid ? Number(text) : undefined;
}
