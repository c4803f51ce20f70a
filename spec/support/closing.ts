/** The open resources. A spec whose timeout has passed does not reach its `finally`. */
const open = new Set<() => Promise<unknown>>();

// Specs import this before their `describe`, so that this is a root hook: without it the process of mocha would not exit.
if (typeof after === 'function') after(() => Promise.all([...open].map((close) => close())));

/** Runs the callback and closes afterwards, also when it fails; at the latest when all specs have run. */
export async function closing<T>(close: () => Promise<unknown>, use: () => T | Promise<T>): Promise<T> {
  open.add(close);
  try {
    return await use();
  } finally {
    open.delete(close);
    await close();
  }
}
