/** One step of a script: an event of a socket or its server. */
export interface ScriptStep {
  /** The milliseconds since the previous step. */
  readonly wait: number;
  readonly letter: string;
}

/** Frequent letters occur more often: a full socket that drains is a slow reader. */
const letters = [...'FFDDDXXL#R'];

/** Waits of every size: within a burst, between two events, longer than a `retry`. */
const waits = [3, 30, 300, 4000];

const mostSteps = 10;

/** Returns the script of a seed, of at most that many milliseconds. */
export function randomScript(seed: number, within: number): readonly ScriptStep[] {
  const random = randomFrom(seed);
  const steps: ScriptStep[] = [];
  let at = 0;
  for (let left = 1 + (random() % mostSteps); left > 0; left--) {
    const wait = random() % (waits[random() % waits.length] ?? 1);
    const letter = letters[random() % letters.length] ?? 'X';
    at += wait + 1;
    if (at > within) break;
    steps.push({ wait, letter });
  }
  return steps;
}

/** Returns a script as a marble diagram, in which a letter takes a millisecond of its own. */
export function diagramOf(steps: readonly ScriptStep[]): string {
  return steps.map(({ wait, letter }) => (wait === 0 ? letter : `${wait}ms ${letter}`)).join(' ');
}

/**
 * Returns the smallest failing script that leaving out steps and halving waits leads to; `fails` is called at most that
 * many times.
 */
export function shrink(
  steps: readonly ScriptStep[],
  fails: (steps: readonly ScriptStep[]) => boolean,
  tries = 400,
): readonly ScriptStep[] {
  let smallest = steps;
  let left = tries;
  for (let found = true; found; ) {
    found = false;
    for (const candidate of smaller(smallest)) {
      if (left-- <= 0) return smallest;
      if (!fails(candidate)) continue;
      smallest = candidate;
      found = true;
      break;
    }
  }
  return smallest;
}

function* smaller(steps: readonly ScriptStep[]): Generator<readonly ScriptStep[]> {
  for (let index = 0; index < steps.length; index++) {
    const [before, after] = [steps.slice(0, index), steps.slice(index + 1)];
    yield [...before, ...after];
    const [next, ...rest] = after;
    const wait = steps[index]?.wait ?? 0;
    // The other steps stay at their moments.
    if (next !== undefined) yield [...before, { ...next, wait: next.wait + wait + 1 }, ...rest];
  }
  for (const [index, step] of steps.entries()) {
    for (const wait of new Set([0, step.wait >> 1, step.wait - 1])) {
      if (wait >= 0 && wait < step.wait) yield steps.with(index, { ...step, wait });
    }
  }
}

/**
 * Returns a generator of whole numbers from 0 to 2^32 - 1, the same ones for a seed. It is Mulberry32, which is uniform
 * enough for scripts, and for ids that need only differ.
 */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
