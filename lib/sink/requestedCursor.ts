import type { SseRequest } from './exchange.ts';
import { queryOf } from './queryOf.ts';

/**
 * The cursor that a reader comes with, as text: the `Last-Event-ID` header or,
 * where a page or a client cannot set it, the query parameter `lastEventId`.
 * The header wins: EventSource repeats the URL but moves the header on.
 */
export function requestedCursor(request: SseRequest): string | undefined {
  const header = request.headers['last-event-id'];
  if (typeof header === 'string' && header !== '') return header;
  // Some frameworks parse the query each time that they are asked.
  if (request.url?.includes('?') && !request.url.includes('lastEventId')) return undefined;
  const query = queryOf(request);
  if (typeof query !== 'object' || query === null || !('lastEventId' in query)) return undefined;
  const { lastEventId } = query;
  return typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : undefined;
}
