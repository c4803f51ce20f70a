import { asyncScheduler } from 'rxjs';
import { ConnectionError } from '../error/ConnectionError.ts';
import { parseRetryAfter } from '../time/backoff.ts';

/** Why a response is not a stream of events; `undefined` when it is one. */
export function failureOf(response: Response): ConnectionError | undefined {
  const { status, headers } = response;
  if (status !== 200) {
    return new ConnectionError('status', `expected a stream, got status ${status}`, {
      status,
      retryAfter: parseRetryAfter(headers.get('retry-after'), asyncScheduler.now()),
    });
  }
  if (essenceOf(headers.get('content-type') ?? '') === 'text/event-stream') return undefined;
  return new ConnectionError('type', 'expected text/event-stream, got another type', { status });
}

/**
 * The MIME type of a response, parameters aside. Where the header was sent more
 * than once, that of the last which is one.
 *
 * @see https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
 */
function essenceOf(header: string): string | undefined {
  // Commas part the values, but not those within quotes.
  const values = header.match(/(?:"(?:\\.|[^"\\])*"?|[^",])+/g) ?? [];
  const essences = values.map((value) => value.split(';', 1).join('').trim().toLowerCase());
  return essences.findLast((essence) => essence !== '*/*' && /^[^\s/]+\/[^\s/]+$/.test(essence));
}
