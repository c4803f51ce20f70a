import { get } from 'node:http';
import { createInterface } from 'node:readline';
import { Observable } from 'rxjs';
import type { EventOf } from '../../../lib/event/events.ts';
import type { FeedSource } from '../../../lib/feed/FeedSource.ts';
import { Ticks } from '../../http/ticks.ts';

/** Returns a source of the numbers after the newest one of the log, of which each is one entry, from an `Upstream`. */
export function upstreamOf(port: number, name: string): FeedSource<EventOf<typeof Ticks>> {
  return ({ lastCursor = '..0' }) => {
    const after = lastCursor.split('.').at(-1);
    return new Observable((subscriber) => {
      const request = get(`http://127.0.0.1:${port}/?after=${after}&by=${name}`, (response) => {
        const lines = createInterface(response);
        lines.on('line', (line) => subscriber.next(Ticks.Tick(Number(line))));
        // It repeats the errors of its input.
        lines.on('error', () => {});
        response.on('error', (error) => subscriber.error(error));
        response.on('end', () => subscriber.error(new Error('the upstream has ended')));
      });
      request.on('error', (error) => subscriber.error(error));
      return () => request.destroy();
    });
  };
}
