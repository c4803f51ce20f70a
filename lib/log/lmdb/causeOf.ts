/** As long as it takes to be told, on the worst of days; in ms. */
const patience = 100;

/**
 * Why a commit failed. The error of lmdb says only that it did, and gives the
 * reason apart, in a promise that someone must hold, and that is not always kept.
 */
export async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error;
  const told = Promise.resolve(error.commitError).then(
    () => error,
    (cause: unknown) => cause,
  );
  let timer: NodeJS.Timeout | undefined;
  const untold = new Promise<unknown>((resolve) => {
    timer = setTimeout(() => resolve(error), patience);
  });
  return Promise.race([told, untold]).finally(() => clearTimeout(timer));
}
