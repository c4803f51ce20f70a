import { fromSse } from 'rxsse/client';
import { Ticks } from '../http/ticks.ts';
import { deferred } from '../support/deferred.ts';

/** Returns a fetch that ignores the signal, and what resolves when the body of its response was canceled. */
function fetchWithoutSignal(status: number, type: string) {
  const cancelled = deferred();
  const body = new ReadableStream<Uint8Array>({ cancel: () => cancelled.resolve() });
  const fetch = async () => new Response(body, { status, headers: { 'content-type': type } });
  return { fetch, cancelled };
}

describe('fromSse with a fetch that ignores the signal', () => {
  it('cancels the response when it is unsubscribed from while the status observer is notified that it is open', async () => {
    const { fetch, cancelled } = fetchWithoutSignal(200, 'text/event-stream');
    const next = ({ state }: { readonly state: string }) => {
      if (state === 'open') subscription.unsubscribe();
    };
    const subscription = fromSse('x:', Ticks, { fetch, statusObserver: { next } }).subscribe();
    await cancelled.promise;
  });

  it('cancels a response that is no stream and whose body it does not read', async () => {
    const { fetch, cancelled } = fetchWithoutSignal(500, 'text/html');
    fromSse('x:', Ticks, { fetch, backoff: { maxAttempts: 0 } }).subscribe({ error: () => {} });
    await cancelled.promise;
  });
});
