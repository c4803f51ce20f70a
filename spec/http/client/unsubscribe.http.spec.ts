import { expect } from 'chai';
import { map, take, tap } from 'rxjs';
import { ended, open, rawServer } from './rawServer.ts';
import { end, failureOf, readTicks, recordStates, Tick, tick, valuesOf } from './readTicks.ts';

const three = tick(1) + tick(2) + tick(3);

describe('fromSse, unsubscribed from over HTTP,', () => {
  it('releases the socket when an operator completes, and emits nothing of the rest of the chunk', () =>
    rawServer([open(three)], async ({ url, requests, request }) => {
      const seen: unknown[] = [];
      const observer = recordStates();
      const cursors: string[] = [];
      const stream = readTicks(url, {
        statusObserver: observer,
        cursorObserver: { next: (cursor) => cursors.push(cursor) },
      });
      await valuesOf(
        stream.pipe(
          tap((value) => seen.push(value)),
          take(2),
        ),
      );
      expect(observer.states).to.deep.equal(['connecting', 'open', 'unsubscribed']);
      await (await request(0)).closed;
      expect(seen).to.deep.equal([Tick(1), Tick(2)]);
      expect(cursors).to.deep.equal(['1']);
      expect(requests).to.have.length(1);
    }));

  it('releases the socket when a handler unsubscribes', () =>
    rawServer([open(three)], async ({ url, request }) => {
      const seen: unknown[] = [];
      const subscription = readTicks(url).subscribe((value) => {
        seen.push(value);
        subscription.unsubscribe();
      });
      await (await request(0)).closed;
      expect(seen).to.deep.equal([Tick(1)]);
    }));

  it('releases the socket when an operator errors, and does not emit the position of that event', () =>
    rawServer([open(three)], async ({ url, request }) => {
      const failure = new Error('no');
      const cursors: string[] = [];
      const failing = readTicks(url, { cursorObserver: { next: (cursor) => cursors.push(cursor) } }).pipe(
        map((event) => {
          if (event.data === 2) throw failure;
          return event;
        }),
      );
      expect(await failureOf(failing)).to.equal(failure);
      await (await request(0)).closed;
      expect(cursors).to.deep.equal(['1']);
    }));

  it('releases the socket when the subscriber unsubscribes before the response', () =>
    rawServer([() => {}], async ({ url, request }) => {
      const observer = recordStates();
      const subscription = readTicks(url, { statusObserver: observer }).subscribe();
      const { closed } = await request(0);
      subscription.unsubscribe();
      await closed;
      expect(observer.states).to.deep.equal(['connecting', 'unsubscribed']);
    }));

  it('makes no further request when the subscriber unsubscribes during a wait', () =>
    rawServer([ended(tick(1))], async ({ url, requests }) => {
      const observer = recordStates();
      await new Promise<void>((resolve) => {
        const subscription = readTicks(url, {
          statusObserver: {
            next: (status) => {
              observer.next(status);
              if (status.state !== 'retrying') return;
              setImmediate(() => {
                subscription.unsubscribe();
                resolve();
              });
            },
          },
          backoff: { initialDelay: 2 ** 30, maxDelay: 2 ** 30 },
        }).subscribe();
      });
      expect(observer.states).to.deep.equal(['connecting', 'open', 'retrying: closed', 'unsubscribed']);
      expect(requests).to.have.length(1);
    }));

  it('releases a socket that the server keeps open after the end of the stream, and ignores the bytes after the end', () =>
    rawServer([open(tick(1) + end + tick(2))], async ({ url, request }) => {
      expect(await valuesOf(readTicks(url))).to.deep.equal([Tick(1)]);
      await (await request(0)).closed;
    }));

  it('releases the socket when an observer of the status or the position throws', () =>
    rawServer([open(three)], async ({ url, request }) => {
      const failure = new Error('no');
      const next = () => {
        throw failure;
      };
      expect(await failureOf(readTicks(url, { cursorObserver: { next } }))).to.equal(failure);
      await (await request(0)).closed;
      const whenOpen = { next: ({ state }: { state: string }) => (state === 'open' ? next() : undefined) };
      expect(await failureOf(readTicks(url, { statusObserver: whenOpen }))).to.equal(failure);
      await (await request(1)).closed;
    }));
});

describe('the cursorObserver of fromSse', () => {
  it('receives a position after its event was delivered, and also without an event', () =>
    rawServer([ended(`id: 0\n\n${tick(1)}${tick(2)}event: odd\nid: 3\ndata:\n\n${end}`)], async ({ url }) => {
      const order: unknown[] = [];
      const stream = readTicks(url, { cursorObserver: { next: (cursor) => order.push(`at ${cursor}`) } });
      await valuesOf(stream.pipe(tap(({ data }) => order.push(data))));
      // A position that an event of the same chunk replaces is not emitted.
      expect(order.filter((one) => one !== 'at 0')).to.deep.equal([1, 'at 1', 2, 'at 2', 'at 3']);
    }));

  it('receives the position with which a reloaded page resumes', () =>
    rawServer([open(tick(1) + tick(2)), ended(tick(3) + end)], async ({ url, requests }) => {
      const store = new Map<string, string>();
      const page = () =>
        readTicks(url, {
          lastEventId: () => store.get('cursor'),
          cursorObserver: { next: (cursor) => void store.set('cursor', cursor) },
        });
      await new Promise<void>((resolve) => {
        const first = page().subscribe(({ data }) => {
          // The page is closed after the position of the event was stored.
          if (data === 2) {
            setImmediate(() => {
              first.unsubscribe();
              resolve();
            });
          }
        });
      });
      expect(await valuesOf(page())).to.deep.equal([Tick(3)]);
      expect(requests.map((one) => one.header('last-event-id'))).to.deep.equal([undefined, '2']);
    }));
});
