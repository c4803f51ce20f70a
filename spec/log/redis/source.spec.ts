import { expect } from 'chai';
import * as t from 'io-ts';
import { firstValueFrom, Observable, type Subscriber, skip, take } from 'rxjs';
import { events } from '../../../lib/event/events.ts';
import { type Feed, feed } from '../../../lib/feed/feed.ts';
import { onRedis } from './onRedis.ts';

const Numbers = events({ Numbered: { n: t.number } });

describe('a source over a redisLog in two processes', () => {
  const redis = onRedis();

  /** Feeds of two processes with the same source, and the names of those that are subscribed to it. */
  async function processes() {
    const running = new Map<string, Subscriber<unknown>>();
    const errors: unknown[] = [];
    let notify = (): void => {};
    const open = async (name: string): Promise<Feed<typeof Numbers>> => {
      const source = new Observable<ReturnType<typeof Numbers.Numbered>>((subscriber) => {
        running.set(name, subscriber);
        notify();
        return () => running.delete(name);
      });
      const log = redis.open({ client: await redis.server.connect() });
      const onError = (error: unknown): void => void errors.push(error instanceof Error ? error.name : error);
      return feed(Numbers, { log, source, start: 'now', claim: { lease: 60_000 }, onError });
    };
    const started = (): Promise<void> => new Promise((resolve) => (notify = resolve));
    return { running, errors, open, started };
  }

  it('is subscribed to by one of them, and by the other as soon as the first closes its feed', async () => {
    const { running, open, started } = await processes();
    const first = started();
    const one = await open('one');
    await first;
    const two = await open('two');
    const received = firstValueFrom(two.events({ from: 'oldest' }).pipe(take(1)));
    running.get('one')?.next(Numbers.Numbered({ n: 1 }));
    expect(await received).to.deep.include({ data: { n: 1 } });
    expect([...running.keys()]).to.deep.equal(['one']);

    const moved = started();
    one.close();
    await moved;
    expect([...running.keys()]).to.deep.equal(['two']);
    const second = firstValueFrom(two.events({ from: 'oldest' }).pipe(skip(1), take(1)));
    running.get('two')?.next(Numbers.Numbered({ n: 2 }));
    expect(await second).to.deep.include({ data: { n: 2 } });
    two.close();
  });

  it('is claimed again when Redis has lost the claim', async () => {
    const { running, errors, open, started } = await processes();
    const first = started();
    const one = await open('one');
    await first;
    await redis.client.flushAll();
    const again = started();
    running.get('one')?.next(Numbers.Numbered({ n: 1 }));
    await again;
    expect(errors).to.deep.equal(['FencedError']);
    const received = firstValueFrom(one.events({ from: 'oldest' }).pipe(take(1)));
    running.get('one')?.next(Numbers.Numbered({ n: 2 }));
    expect(await received).to.deep.include({ data: { n: 2 } });
    one.close();
  });
});
