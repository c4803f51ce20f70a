import { expect } from 'chai';
import * as t from 'io-ts';
import { interval, map, Subject, takeUntil, timer } from 'rxjs';
import { type CloseReason, events, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from './received.ts';

const Words = events({ Word: t.number });

describe('a stream of one request that is stopped by another request', () => {
  it(
    'is unsubscribed from at once, and its reader receives the end; one that disconnects stops nothing',
    marbles(
      ({ reader, flush }) => {
        const stop = new Subject<void>();
        const stopped: number[] = [];
        const closed: CloseReason[] = [];
        const route = sse({ resume: { linger: 1000 }, onClose: (reason) => closed.push(reason) }, ({ signal }) => {
          signal.addEventListener('abort', () => stopped.push(Date.now()));
          return interval(10).pipe(map(Words.Word), takeUntil(stop));
        });
        const left = reader(route, { socket: '15ms X' });
        timer(16).subscribe(() => expect(stopped).to.deep.equal([]));
        timer(25).subscribe(() => reader(route, { lastEventId: left.lastEventId }));
        const again = reader(route, { at: '30ms' });
        timer(55).subscribe(() => stop.next());
        flush();
        expect(received(again)).to.deep.equal(['position', '0', '1', 'end']);
        expect([stopped, closed]).to.deep.equal([
          [55, 55],
          ['disconnected', 'completed', 'completed'],
        ]);
      },
      { until: '40s' },
    ),
  );
});
