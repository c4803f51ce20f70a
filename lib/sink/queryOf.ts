import type { SseRequest } from './exchange.ts';

/** One for all: it would be a table of its own for each reader. */
const none = Object.freeze(Object.create(null) as object);

/** The query as the framework parsed it; on a plain server, by us: a name given twice is an array. */
export function queryOf(request: SseRequest): unknown {
  if (request.query !== undefined) return request.query;
  const url = request.url ?? '';
  const mark = url.indexOf('?');
  if (mark === -1) return none;
  // No prototype: a parameter may be called `__proto__`.
  const query: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(url.slice(mark + 1))) {
    const before = query[name];
    if (before === undefined) query[name] = value;
    else if (typeof before === 'string') query[name] = [before, value];
    else before.push(value);
  }
  return query;
}
