/** Receives the errors that no other callback receives, and where each occurred. @category errors */
export type ErrorReporter = (error: unknown, where: string) => void;

/** The most errors that are distinguished. After that the oldest is forgotten, and printed again when it recurs. */
const maxDistinct = 100;

let active: ErrorReporter = printOnce();

/**
 * Replaces the error reporter of the process. It receives the errors that no other callback receives: of a route or a feed
 * without `onError`, of a callback that throws, and of a `publish` whose result is neither awaited nor subscribed to.
 *
 * The default prints each distinct error once on `console.error`, with its stack, its causes and where it occurred, but
 * without values, and again when it has occurred 10, 100, 1000, … times. A replacement is called for each occurrence;
 * what it throws is printed. `undefined` restores the default.
 *
 * @param reporter gets the error, and where it occurred, such as `sse GET /orders`
 *
 * @example Count errors, and send them to a logger
 * const counts = new Map<string, number>();
 * setErrorReporter((error, where) => {
 *   counts.set(where, (counts.get(where) ?? 0) + 1);
 *   console.error(where, error);
 * });
 *
 * @throws TypeError for a reporter that is not a function.
 * @category errors
 */
export function setErrorReporter(reporter: ErrorReporter | undefined): void {
  if (reporter !== undefined && typeof reporter !== 'function') {
    throw new TypeError(`setErrorReporter: expected a function or undefined, got ${typeof reporter}`);
  }
  active = reporter ?? printOnce();
}

/** Replaces the reporter and returns the one before. Only the test kit may call it. @internal */
export function replaceErrorReporter(reporter: ErrorReporter): ErrorReporter {
  const before = active;
  active = reporter;
  return before;
}

/** Reports an error that no callback of the user's receives. Never throws. @internal */
export function reportError(where: string, error: unknown): void {
  try {
    active(error, where);
  } catch (thrown) {
    print(where, error);
    print('the error reporter', thrown);
  }
}

function printOnce(): ErrorReporter {
  const counts = new Map<string, number>();
  return (error, where) => {
    const key = `${where}\n${summaryOf(error)}`;
    const count = (counts.get(key) ?? 0) + 1;
    // Set again, so that the first key is the one that has not occurred for longest.
    counts.delete(key);
    counts.set(key, count);
    if (counts.size > maxDistinct) counts.delete(counts.keys().next().value as string);
    if (count === 1) print(where, error);
    else if (Number.isInteger(Math.log10(count))) print(`${where} (${count} times so far)`, summaryOf(error));
  };
}

function print(where: string, error: unknown): void {
  console.error(`rxsse: error in ${where}, which no callback receives:\n${describe(error)}`);
}

/** Returns the stacks of an error and its causes, without further fields: `DecodeError.actual` holds user data. */
function describe(error: unknown): string {
  const found = [error];
  for (const each of found)
    if (found.length < 5) found.push(...causesOf(each).filter((cause) => !found.includes(cause)));
  return found.map(stackOf).join('\ncaused by: ');
}

/** Returns the cause of an error, and the errors of an `AggregateError` or RxJS's `UnsubscriptionError`. */
function causesOf(error: unknown): readonly unknown[] {
  if (!(error instanceof Error)) return [];
  const { cause, errors } = error as { readonly cause?: unknown; readonly errors?: unknown };
  return [...(cause === undefined ? [] : [cause]), ...(Array.isArray(errors) ? errors.slice(0, 3) : [])];
}

function stackOf(error: unknown): string {
  const stack = error instanceof Error ? error.stack : undefined;
  return typeof stack === 'string' ? stack : summaryOf(error);
}

function summaryOf(error: unknown): string {
  try {
    return String(error).slice(0, 500);
  } catch {
    return 'a value that cannot be converted to a string';
  }
}
