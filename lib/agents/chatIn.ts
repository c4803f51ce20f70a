import type { ServedPath } from '../sink/ServedPath.ts';

const chatBody = {
  type: 'object',
  properties: { id: { type: 'string', minLength: 1 }, messages: { type: 'array' } },
  required: ['id', 'messages'],
};

/** The paths of the AI SDK. */
export const chatPaths: readonly ServedPath[] = [
  { method: 'POST', below: '', body: chatBody },
  { method: 'GET', below: '/:id/stream' },
  { method: 'DELETE', below: '/:id/stream', stops: true },
];

/** Returns the id of the chat in `…/:id/stream`. */
export function chatIn(url = ''): string | undefined {
  const [path = ''] = url.split(/[?#]/, 1);
  const [, id] = /([^/]+)\/stream\/?$/.exec(path) ?? [];
  try {
    return id && decodeURIComponent(id);
  } catch {
    return undefined;
  }
}
