import * as t from 'io-ts';
import { DateFromISOString } from '../../../lib/index.ts';

const strings = ['', 'a', 'b', 'one', 'two', 'x', '2020-01-01T00:00:00.000Z', '2020-02-30T00:00:00Z', '5', 'ä'];
const keys = ['kind', 'next', 'children', 'value', 'at', 'a', 'b', 'left', 'right', 'more', 'constructor', 'toString'];
const numbers = [0, 1, 2, -1, 0.5, 2 ** 53, 1e300, -(2 ** 31)];
const maxDepth = 30;

/** Builds a JSON value from bytes, so that each input is one: a byte says what follows. */
export function jsonValueOf(input: Uint8Array): unknown {
  let at = 0;
  const byte = (): number => input[at++] ?? 0;
  const oneOf = <T>(list: readonly T[]): T => list[byte() % list.length] as T;
  const build = (depth: number): unknown => {
    const kind = byte() % 8;
    if (kind < 3 || depth > maxDepth) return [null, true, false][kind % 3];
    if (kind === 3) return oneOf(numbers);
    if (kind === 4) return oneOf(strings);
    if (kind === 5) return Array.from({ length: byte() % 4 }, () => build(depth + 1));
    const object: Record<string, unknown> = {};
    for (let left = byte() % 5; left > 0; left--) object[oneOf(keys)] = build(depth + 1);
    return object;
  };
  return build(0);
}

/** Returns codecs of every form, whose records are created by `record`: `t.type` for ours, `t.strict` for a reference. */
export function codecs(record: (props: t.Props) => t.Mixed): readonly t.Mixed[] {
  const tree: t.Mixed = t.recursion('Tree', () =>
    t.union([
      record({ children: t.array(tree), kind: t.literal('a') }),
      record({ children: t.array(tree), kind: t.literal('b'), at: DateFromISOString }),
    ]),
  );
  const list: t.Mixed = t.recursion('List', () => t.union([t.null, record({ value: t.number, next: list })]));
  const even: t.Mixed = t.recursion('Even', () => t.union([t.null, record({ next: odd, kind: t.literal('one') })]));
  const odd: t.Mixed = t.recursion('Odd', () => record({ next: even, kind: t.literal('two') }));
  return [
    tree,
    list,
    even,
    t.record(t.string, t.union([record({ kind: t.literal('a'), value: t.string }), t.string, t.array(t.number)])),
    t.intersection([record({ a: t.string }), t.intersection([record({ b: t.number }), record({ more: t.unknown })])]),
    t.tuple([t.string, t.union([t.number, t.null]), t.boolean]),
    record({
      left: t.keyof({ one: null, two: null }),
      right: t.union([t.undefined, record({ at: DateFromISOString })]),
    }),
    t.array(t.refinement(t.number, (n) => n >= 0, 'Positive')),
    t.readonlyArray(t.union([t.literal(1), t.literal('one'), t.boolean])),
    record({ value: t.record(t.keyof({ a: null, b: null }), t.number) }),
  ];
}

/** Returns the same value, in which each read of a field calls `onRead`, and how many values it has. */
export function readsOf(value: unknown, onRead: () => void): { readonly value: unknown; readonly size: () => number } {
  const wrap = (inner: unknown): unknown => {
    if (typeof inner !== 'object' || inner === null) return inner;
    const wrapped = new Map<PropertyKey, unknown>();
    return new Proxy(inner, {
      get(target, key) {
        onRead();
        if (!wrapped.has(key)) wrapped.set(key, wrap(Reflect.get(target, key)));
        return wrapped.get(key);
      },
    });
  };
  return { value: wrap(value), size: () => sizeOf(value) };
}

function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return 1 + Object.values(value).reduce<number>((sum, each) => sum + sizeOf(each), 0);
}
