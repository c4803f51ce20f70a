import { expect } from 'chai';
import { Observable } from 'rxjs';
import { setErrorReporter } from '../../../lib/error/reportError.ts';
import { Channels } from '../../../lib/log/redis/Channels.ts';
import type { RedisClient, RedisClusterClient, RedisListener } from '../../../lib/log/redis/RedisClient.ts';
import { marbles } from '../../../lib/testing/marbles.ts';

/** A cluster that never returns the master of a key, so that no message is received. */
const silent: RedisClusterClient = {
  sendCommand: () => new Promise(() => {}),
  getNodeClientForKey: () => new Promise(() => {}),
};

const wakes = (channels: Channels, channel: string) =>
  new Observable<string>((subscriber) => channels.watch(channel, () => subscriber.next('w')));

describe('Channels', () => {
  it(
    'wakes the watchers of a log once for each state, for notifications in any order',
    marbles(({ cold, expectObservable }) => {
      const channels = new Channels(silent);
      const states = { a: 'E 1 ', b: 'E 2 ', c: 'F 1 ', d: 'F 1 completed' };
      cold('1ms a a b a 5ms c c d d', states).subscribe((state) => channels.changed('log', state));
      expectObservable(wakes(channels, 'log'), '^ 30ms !').toBe('1ms w-w 6ms w-w');
      expectObservable(wakes(channels, 'another'), '^ 30ms !').toBe('-');
    }),
  );

  it(
    'wakes the watchers of a log without a message for 15 s, since messages can be lost',
    marbles(
      ({ cold, expectObservable }) => {
        const channels = new Channels(silent);
        cold('20s a', { a: 'E 1 ' }).subscribe((state) => channels.changed('log', state));
        expectObservable(wakes(channels, 'log'), '^ 49s !').toBe('15s w 4999ms w 14999ms w');
      },
      { until: '60s' },
    ),
  );

  it('tries a subscription again that Redis refuses, reports why, and wakes the watchers meanwhile', async () => {
    const errors: string[] = [];
    setErrorReporter((error) => errors.push(String(error)));
    let attempts = 0;
    let subscribed = (): void => {};
    const listener: RedisListener = {
      connect: async () => {},
      sendCommand: async () => 'PONG',
      sSubscribe: async () => {
        attempts++;
        if (attempts === 1) throw new Error("NOPERM this user has no permissions to access the 'rxsse:{log}' channel");
        subscribed();
      },
      sUnsubscribe: async () => {},
      on: () => {},
      destroy: () => {},
    };
    const client: RedisClient = { sendCommand: async () => 'OK', duplicate: () => listener };
    const channels = new Channels(client);
    let count = 0;
    await new Promise<void>((resolve) => {
      subscribed = resolve;
      channels.watch('log', () => count++);
    });
    channels.close();
    setErrorReporter(undefined);
    expect([attempts, count]).to.deep.equal([2, 1]);
    expect(errors.join()).to.contain('&rxsse:*');
  });
});
