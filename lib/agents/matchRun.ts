/** Contains what the path of a request to LangGraph names. */
export interface RunParams {
  readonly thread?: string | undefined;
  readonly run?: string | undefined;
}

/** Returns what the path of a request to LangGraph names, and what is to be done: `…/threads/:thread/runs/:run/stream`. */
export function matchRun(url = ''): {
  readonly params: RunParams;
  readonly action?: 'start' | 'stream' | 'cancel' | 'status' | undefined;
} {
  const path = /(?:\/threads\/([^/?#]+))?\/runs\/([^/?#]+)(?:\/(stream|cancel))?\/?(?:[?#]|$)/.exec(url);
  if (path === null) return { params: {} };
  const [, thread, run = '', action = 'status'] = path;
  try {
    const params = { thread: thread && decodeURIComponent(thread) };
    if (run === 'stream' && action === 'status') return { params, action: 'start' };
    return { params: { ...params, run: decodeURIComponent(run) }, action: action as 'stream' };
  } catch {
    // Text that `encodeURIComponent` has not written.
    return { params: {} };
  }
}
