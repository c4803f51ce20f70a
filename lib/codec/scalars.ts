import type * as t from 'io-ts';
import { typed } from './exact/ExactCodec.ts';
import { identityLeaf } from './exact/leaf.ts';

/**
 * A whole number that JavaScript and JSON represent exactly: at most 2⁵³ − 1 in either direction.
 *
 * @example Count without fractions
 * const Counted = event('counted', { visitors: Int });
 *
 * @category event
 */
export const Int: t.Type<number, number, unknown> = typed(
  identityLeaf('Int', ['number'], Number.isSafeInteger, undefined, 'a whole number', {
    keywords: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
  }),
);

/**
 * A string of at least one character.
 *
 * @example Reject an empty search
 * app.get('/search', sse({ query: { q: NonEmptyString } }, ({ query }) => search(query.q)));
 *
 * @category event
 */
export const NonEmptyString: t.Type<string, string, unknown> = typed(
  identityLeaf(
    'NonEmptyString',
    ['string'],
    (value) => typeof value === 'string' && value !== '',
    undefined,
    'a string that is not empty',
    { keywords: { minLength: 1 } },
  ),
);
