/** The open resources. A spec whose timeout has passed does not reach its `finally`. */
const open = new Set<() => Promise<unknown>>();

// At the root, since specs import this before they describe: so that mocha's process can end.
if (typeof after === 'function') after(() => Promise.all([...open].map((close) => close())));

/** Runs the callback, then closes, whatever came of it; at the very end of the run at the latest. */
export async function closing<T>(close: () => Promise<unknown>, use: () => T | Promise<T>): Promise<T> {
  open.add(close);
  try {
    return await use();
  } finally {
    open.delete(close);
    await close();
  }
}
