import { expect } from 'chai';
import { map, take, tap } from 'rxjs';
import { end, failureOf, follow, statuses, Tick, tick, valuesOf } from './following.ts';
import { ended, open, rawServer } from './rawServer.ts';

const three = tick(1) + tick(2) + tick(3);

describe('fromSse, left', () => {
  it('by who has enough, releases the socket, and nothing arrives of the rest of the chunk', () =>
    rawServer([open(three)], async ({ url, asked, request }) => {
      const seen: unknown[] = [];
      const heard = statuses();
      const cursors: string[] = [];
      const stream = follow(url, { statusObserver: heard, cursorObserver: { next: (cursor) => cursors.push(cursor) } });
      await valuesOf(
        stream.pipe(
          tap((value) => seen.push(value)),
          take(2),
        ),
      );
      expect(heard.told).to.deep.equal(['connecting', 'open', 'left']);
      await (await request(0)).gone;
      expect(seen).to.deep.equal([Tick(1), Tick(2)]);
      expect(cursors).to.deep.equal(['1']);
      expect(asked).to.have.length(1);
    }));

  it('in a handler, in the same way', () =>
    rawServer([open(three)], async ({ url, request }) => {
      const seen: unknown[] = [];
      const following = follow(url).subscribe((value) => {
        seen.push(value);
        following.unsubscribe();
      });
      await (await request(0)).gone;
      expect(seen).to.deep.equal([Tick(1)]);
    }));

  it('by an operator that fails, in the same way, and its position is not counted as read', () =>
    rawServer([open(three)], async ({ url, request }) => {
      const failure = new Error('no');
      const cursors: string[] = [];
      const failing = follow(url, { cursorObserver: { next: (cursor) => cursors.push(cursor) } }).pipe(
        map((event) => {
          if (event.data === 2) throw failure;
          return event;
        }),
      );
      expect(await failureOf(failing)).to.equal(failure);
      await (await request(0)).gone;
      expect(cursors).to.deep.equal(['1']);
    }));

  it('before the answer, drops the request', () =>
    rawServer([() => {}], async ({ url, request }) => {
      const heard = statuses();
      const following = follow(url, { statusObserver: heard }).subscribe();
      const { gone } = await request(0);
      following.unsubscribe();
      await gone;
      expect(heard.told).to.deep.equal(['connecting', 'left']);
    }));

  it('while it waits, makes no other request', () =>
    rawServer([ended(tick(1))], async ({ url, asked }) => {
      const heard = statuses();
      await new Promise<void>((resolve) => {
        const following = follow(url, {
          statusObserver: {
            next: (said) => {
              heard.next(said);
              if (said.state !== 'retrying') return;
              setImmediate(() => {
                following.unsubscribe();
                resolve();
              });
            },
          },
          backoff: { initialDelay: 2 ** 30, maxDelay: 2 ** 30 },
        }).subscribe();
      });
      expect(heard.told).to.deep.equal(['connecting', 'open', 'retrying: closed', 'left']);
      expect(asked).to.have.length(1);
    }));

  it('by the end of the stream, releases a socket that the server keeps open, and heeds nothing after', () =>
    rawServer([open(tick(1) + end + tick(2))], async ({ url, request }) => {
      expect(await valuesOf(follow(url))).to.deep.equal([Tick(1)]);
      await (await request(0)).gone;
    }));

  it('by who hears its status or its positions, and throws', () =>
    rawServer([open(three)], async ({ url, request }) => {
      const failure = new Error('no');
      const next = () => {
        throw failure;
      };
      expect(await failureOf(follow(url, { cursorObserver: { next } }))).to.equal(failure);
      await (await request(0)).gone;
      const whenOpen = { next: ({ state }: { state: string }) => (state === 'open' ? next() : undefined) };
      expect(await failureOf(follow(url, { statusObserver: whenOpen }))).to.equal(failure);
      await (await request(1)).gone;
    }));
});

describe('the position of fromSse', () => {
  it('is told after its event was delivered, and without one, too', () =>
    rawServer([ended(`id: 0\n\n${tick(1)}${tick(2)}event: odd\nid: 3\ndata:\n\n${end}`)], async ({ url }) => {
      const order: unknown[] = [];
      const stream = follow(url, { cursorObserver: { next: (cursor) => order.push(`at ${cursor}`) } });
      await valuesOf(stream.pipe(tap(({ data }) => order.push(data))));
      // One that is overtaken by an event of the same chunk need not be told.
      expect(order.filter((one) => one !== 'at 0')).to.deep.equal([1, 'at 1', 2, 'at 2', 'at 3']);
    }));

  it('lets a page that is loaded again go on where it was', () =>
    rawServer([open(tick(1) + tick(2)), ended(tick(3) + end)], async ({ url, asked }) => {
      const store = new Map<string, string>();
      const page = () =>
        follow(url, {
          lastEventId: () => store.get('cursor'),
          cursorObserver: { next: (cursor) => void store.set('cursor', cursor) },
        });
      await new Promise<void>((resolve) => {
        const first = page().subscribe(({ data }) => {
          // The page goes when the position of what it has seen is stored.
          if (data === 2) {
            setImmediate(() => {
              first.unsubscribe();
              resolve();
            });
          }
        });
      });
      expect(await valuesOf(page())).to.deep.equal([Tick(3)]);
      expect(asked.map((one) => one.header('last-event-id'))).to.deep.equal([undefined, '2']);
    }));
});
