import type { ServedPath } from '../sink/ServedPath.ts';
import type { SseRequest } from '../sink/SseRequest.ts';

/** Contains what the path of a request to LangGraph names. */
export interface RunParams {
  readonly thread?: string | undefined;
  readonly run?: string | undefined;
}

/** The paths of LangGraph that send a stream or stop one. */
export const graphPaths: readonly ServedPath[] = ['', '/threads/:thread'].flatMap((thread): readonly ServedPath[] => [
  { method: 'POST', below: `${thread}/runs/stream`, body: { type: 'object' } },
  { method: 'GET', below: `${thread}/runs/:run/stream` },
  { method: 'POST', below: `${thread}/runs/:run/cancel`, stops: true },
]);

type GraphAction = 'start' | 'stream' | 'cancel' | 'status';

const graphMethods: Readonly<Record<GraphAction, string>> = {
  start: 'POST',
  stream: 'GET',
  cancel: 'POST',
  status: 'GET',
};

/** Returns what the path of a request to LangGraph names, and what is to be done: `…/threads/:thread/runs/:run/stream`. */
export function matchRun({ method, url = '' }: Pick<SseRequest, 'method' | 'url'>): {
  readonly params: RunParams;
  readonly action?: GraphAction | undefined;
} {
  const [below = ''] = url.split(/[?#]/, 1);
  const path = /(?:\/threads\/([^/]+))?\/runs\/([^/]+)(?:\/(stream|cancel))?\/?$/.exec(below);
  if (path === null) return { params: {} };
  const [, thread, run = '', end = 'status'] = path;
  const starts = run === 'stream' && end === 'status';
  const action = starts ? 'start' : (end as GraphAction);
  if (graphMethods[action] !== method) return { params: {} };
  try {
    const params = { thread: thread && decodeURIComponent(thread) };
    return { params: starts ? params : { ...params, run: decodeURIComponent(run) }, action };
  } catch {
    // Text that `encodeURIComponent` has not written.
    return { params: {} };
  }
}
