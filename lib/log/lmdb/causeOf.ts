/** The longest wait for LMDB's `commitError` promise, in ms. */
const causeTimeout = 100;

/**
 * Returns why a commit failed. lmdb's error says only that it failed and has the reason in a promise, which is not
 * always settled.
 */
export async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error;
  const cause = Promise.resolve(error.commitError).then(
    () => error,
    (cause: unknown) => cause,
  );
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<unknown>((resolve) => {
    timer = setTimeout(() => resolve(error), causeTimeout);
  });
  return Promise.race([cause, timeout]).finally(() => clearTimeout(timer));
}
