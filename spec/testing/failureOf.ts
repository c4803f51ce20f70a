/** The properties of a failure that a test runner shows. */
export interface Failure extends Error {
  readonly actual?: string;
  readonly expected?: string;
  readonly showDiff?: boolean;
}

/** Returns the failure of a test that must fail. */
export function failureOf(test: () => void): Failure {
  try {
    test();
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error('the test failed, but not with an Error', { cause: error });
  }
  throw new Error('the test passed');
}

/** Returns the line of the caller as in a stack: `file.spec.ts:12`. */
export function lineAfterThis(): string {
  return lineOf(new Error().stack?.split('\n')[2], 1);
}

/** Returns the first line of an error's stack. */
export function firstLineOf(error: Error): string {
  const lines = error.stack?.slice(error.stack.indexOf(error.message) + error.message.length).split('\n');
  return lineOf(lines?.[1], 0);
}

function lineOf(frame: string | undefined, after: number): string {
  const [, file, line] = /([^/\\]+):(\d+):\d+\)?$/.exec(frame ?? '') ?? [];
  return `${file}:${Number(line) + after}`;
}
