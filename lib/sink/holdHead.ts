import { asyncScheduler } from 'rxjs';
import type { Connection } from './Connection.ts';

/**
 * Begins the response when the function it gives is called or the time is up,
 * whichever is first, and not at all when the connection is over before.
 */
export function holdHead(connection: Connection, wait: number, begin: () => void): () => void {
  const timer = asyncScheduler.schedule(go, wait);
  connection.following = { over: () => timer.unsubscribe() };
  return go;

  function go(): void {
    timer.unsubscribe();
    if (!connection.isWaiting) return;
    connection.following = undefined;
    begin();
  }
}
