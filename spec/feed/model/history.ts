import fc from 'fast-check';

/** One step, some time after the previous one. Readers and cursors are numbered. */
export type Step = { readonly wait: number } & (
  | { readonly does: 'publish'; readonly sizes: readonly number[] }
  | { readonly does: 'connect'; readonly reader: number; readonly from: 'live' | 'oldest' }
  | {
      readonly does: 'connect with';
      readonly reader: number;
      readonly cursor: 'published' | 'garbage';
      readonly nth: number;
    }
  | { readonly does: 'accept'; readonly reader: number; readonly bytes: number }
  | { readonly does: 'disconnect'; readonly reader: number; readonly lost: number }
  | { readonly does: 'restart' | 'end' }
  | { readonly does: 'advance'; readonly count: number }
);

export interface History {
  /** The least number of entries that the log retains. */
  readonly entries: number;
  /** Where a reader continues after a gap. */
  readonly gapPolicy: 'replay' | 'skip' | 'end' | undefined;
  readonly steps: readonly Step[];
}

/** The number of logical readers, each of which resumes over several connections. */
export const readers = 3;

const size = fc.oneof(
  { weight: 30, arbitrary: fc.nat(80) },
  { weight: 4, arbitrary: fc.nat(3000) },
  // Some of these are more than a page.
  { weight: 1, arbitrary: fc.constant(60_000) },
);
const reader = fc.nat(readers - 1);

/** The bytes that a socket accepts before it is full; most sockets are fast. */
const bytes = fc.oneof(fc.constant(Infinity), fc.constant(0), fc.nat(150), fc.nat(1000), fc.nat(200_000));

function step<D extends string, T extends object>(
  weight: number,
  does: D,
  rest: { [K in keyof T]: fc.Arbitrary<T[K]> },
) {
  const wait = fc.oneof(fc.constant(0), fc.nat(20));
  return { weight, arbitrary: fc.record({ does: fc.constant(does), wait, ...rest }) };
}

const steps: fc.Arbitrary<Step> = fc.oneof(
  step(30, 'publish', { sizes: fc.array(size, { minLength: 1, maxLength: 6 }) }),
  step(16, 'connect', { reader, from: fc.constantFrom('live' as const, 'oldest' as const) }),
  step(3, 'connect with', {
    reader,
    cursor: fc.constantFrom('published' as const, 'garbage' as const),
    nth: fc.nat(100),
  }),
  step(14, 'accept', { reader, bytes }),
  step(14, 'disconnect', { reader, lost: fc.oneof(fc.constant(0), fc.nat(6)) }),
  step(3, 'restart', {}),
  step(1, 'end', {}),
  step(12, 'advance', { count: fc.nat(4) }),
) as fc.Arbitrary<Step>;

/** Random histories of a feed and its readers. */
export const histories: fc.Arbitrary<History> = fc.record({
  entries: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 30 })),
  gapPolicy: fc.constantFrom('replay', 'skip', 'end', undefined),
  steps: fc.array(steps, { maxLength: 45, size: 'max' }),
});
