import { randomFrom } from '../../../lib/testing/randomScript.ts';
import { Coverage } from './Coverage.ts';

/** A parser of untrusted input, and what must hold for each input. */
export interface FuzzTarget {
  readonly name: string;
  /** Inputs that a parser accepts, to start from. */
  readonly examples: readonly string[];
  /** Text that inputs consist of. */
  readonly words: readonly string[];
  /** @throws an error that says what does not hold */
  readonly check: (input: Uint8Array) => void;
}

interface FuzzOptions {
  readonly seed: number;
  /** Called after each batch of inputs; true ends the run. */
  readonly isOver: (runs: number) => boolean;
  /** The inputs to start from. */
  readonly corpus: readonly Uint8Array[];
}

interface FuzzResult {
  readonly runs: number;
  /** How many blocks of the library ran; one that ran more often counts up to three times. */
  readonly blocks: number;
  /** The inputs that each ran a block which the examples and those before it did not. */
  readonly corpus: readonly Uint8Array[];
  readonly failure: FuzzFailure | undefined;
}

/** The smallest input that fails. */
interface FuzzFailure {
  readonly input: Uint8Array;
  readonly message: string;
}

const batchSize = 16;
const maxLength = 200;

/** Mutates inputs, and continues from each that runs code which none ran before; stops at the first that fails. */
export function fuzz(target: FuzzTarget, { seed, isOver, corpus }: FuzzOptions): FuzzResult {
  const random = randomFrom(seed);
  const coverage = new Coverage();
  const seen = new Set<string>();
  const pool: Uint8Array[] = [];
  const learn = (): boolean => {
    const before = seen.size;
    for (const name of coverage.take()) seen.add(name);
    return seen.size > before;
  };
  let runs = 0;
  let failing: Uint8Array | undefined;
  const run = (input: Uint8Array): void => {
    runs++;
    if (failing === undefined && failureOf(target, input) !== undefined) failing = input;
  };

  const examples: readonly Uint8Array[] = target.examples.map((text) => Buffer.from(text));
  for (const input of [...examples, ...corpus]) {
    run(input);
    if (learn() || examples.includes(input)) pool.push(input);
  }
  while (failing === undefined && !isOver(runs)) {
    const batch = Array.from({ length: batchSize }, () => mutated(pool, target.words, random));
    batch.forEach(run);
    if (!coverage.take().some((name) => !seen.has(name))) continue;
    for (const input of batch) {
      run(input);
      if (learn()) pool.push(input);
    }
  }
  coverage.stop();
  return {
    runs,
    blocks: seen.size,
    corpus: pool.filter((input) => !examples.includes(input)),
    failure: failing && smallestFailure(target, failing),
  };
}

/** Returns why an input fails, or `undefined`. */
export function failureOf({ check }: FuzzTarget, input: Uint8Array): string | undefined {
  try {
    check(input);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

function smallestFailure(target: FuzzTarget, failing: Uint8Array): FuzzFailure {
  let input = failing;
  for (let size = input.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at + size <= input.length; ) {
      const smaller = without(input, at, size);
      if (failureOf(target, smaller) === undefined) at += size;
      else input = smaller;
    }
  }
  return { input, message: failureOf(target, input) ?? 'fails only after other inputs' };
}

/** Returns a random variation of an input of the pool. */
export function mutated(pool: readonly Uint8Array[], words: readonly string[], random: () => number): Uint8Array {
  const below = (bound: number): number => random() % Math.max(1, bound);
  const oneOf = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  let input = oneOf(pool);
  for (let left = 1 + below(5); left > 0; left--) {
    const at = below(input.length + 1);
    const size = 1 + below(random() % 4 === 0 ? input.length : 8);
    const part = input.subarray(at, at + size);
    input = [
      () => inserted(input, at, Buffer.from(oneOf(words))),
      () => inserted(input, at, Uint8Array.of(below(256))),
      () => inserted(without(input, at, 1), at, Uint8Array.of(below(256))),
      () => without(input, at, size),
      () => inserted(input, below(input.length + 1), part),
      () => inserted(input, at, Buffer.concat(Array.from({ length: 1 + below(20) }, () => part))),
      () => inserted(input, at, oneOf(pool).subarray(0, size)),
      () => Buffer.concat([input.subarray(0, at), oneOf(pool).subarray(at)]),
    ][below(8)]?.() as Uint8Array;
  }
  return input.slice(0, maxLength);
}

function inserted(input: Uint8Array, at: number, part: Uint8Array): Uint8Array {
  return Buffer.concat([input.subarray(0, at), part, input.subarray(at)]);
}

function without(input: Uint8Array, at: number, size: number): Uint8Array {
  return Buffer.concat([input.subarray(0, at), input.subarray(at + size)]);
}
