/**
 * Counts what a run does to text and bytes: units copied, decoded, joined, cut
 * out, searched and looked at. Work, unlike time, is the same on each machine.
 */
export function workOf(run: () => void): number {
  let work = 0;
  const undo: (() => void)[] = [];
  const count = (
    owner: object,
    name: string,
    cost: (self: unknown, args: readonly unknown[], result: unknown) => number,
  ) => {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name);
    if (descriptor === undefined) throw new Error(`there is no ${name} to count`);
    const original = descriptor.value as (...args: unknown[]) => unknown;
    Object.defineProperty(owner, name, {
      ...descriptor,
      value: function (this: unknown, ...args: unknown[]) {
        const result = original.apply(this, args);
        work += 1 + cost(this, args, result);
        return result;
      },
    });
    undo.push(() => Object.defineProperty(owner, name, descriptor));
  };

  const lengthOf = (value: unknown) => (value as { readonly length: number }).length;
  const searched = (self: unknown, [, from = 0]: readonly unknown[], found: unknown) =>
    (found === -1 ? lengthOf(self) : (found as number)) - (from as number);
  const bytes = Object.getPrototypeOf(Uint8Array.prototype) as object;

  count(bytes, 'set', (_, [source]) => lengthOf(source));
  count(bytes, 'indexOf', searched);
  count(TextDecoder.prototype, 'decode', (_, [source]) => lengthOf(source));
  count(Array.prototype, 'join', (_self, _args, result) => lengthOf(result));
  count(String.prototype, 'indexOf', searched);
  count(String.prototype, 'includes', lengthOf);
  count(String.prototype, 'slice', (_self, _args, result) => lengthOf(result));
  count(String.prototype, 'charCodeAt', () => 0);
  try {
    run();
  } finally {
    for (const restore of undo) restore();
  }
  return work;
}
