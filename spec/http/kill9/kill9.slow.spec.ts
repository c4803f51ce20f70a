import { expect } from 'chai';
import { type Deferred, deferred } from '../../support/deferred.ts';
import { type Follower, type FollowOptions, follow } from '../eventSource.ts';
import { perServer, successiveServers } from './successiveServers.ts';

const kills = 20;

/** Reads the URL with as many EventSources as there are options. */
function followAll(
  url: string,
  [first, ...others]: readonly FollowOptions[],
  use: (followers: readonly Follower[]) => Promise<void>,
): Promise<void> {
  if (first === undefined) return use([]);
  return follow(url, (follower) => followAll(url, others, (more) => use([follower, ...more])), first);
}

describe('a server that is killed in mid-stream, 20 times', function () {
  // It takes about 10 s; the timeout allows for a busy machine.
  this.timeout(120_000);
  const patience = 60_000;
  const withServers = successiveServers();

  it('loses and repeats no acknowledged event, for three EventSources, one of them slow', () =>
    withServers(async ({ url, servers, start, kill, numbers: numbersInLog }) => {
      /** Pauses the slow reader while a server runs. */
      let held: Deferred<void> | undefined;
      const pace = () => held?.promise ?? new Promise((resolve) => setTimeout(resolve, 5));
      let lag = 0;

      async function scenario(followers: readonly Follower[]): Promise<void> {
        const [fast, , slow] = followers;
        // Each has read the `retry` of the route before the first kill: without it an EventSource reconnects after 3 s.
        await Promise.all(followers.map(({ until }) => until(({ seen }) => seen.length > 0)));
        let next = servers[0] ?? start();
        for (let round = 0; round < kills; round++) {
          const server = next;
          if (round % 2 === 1) held = deferred();
          const up = server.go(50 + ((round * 37) % 100));
          next = start();
          await up;
          // In mid-stream, after some events of this server were received.
          await fast?.until(({ seen }) => Number(seen.at(-1)) > round * perServer);
          lag = Math.max(lag, (fast?.seen.length ?? 0) - (slow?.seen.length ?? 0));
          await server.kill();
          held?.resolve();
          held = undefined;
        }
        await next.go(50);
        next.end();
      }

      // An EventSource whose first request finds a closed port reconnects after 3 s.
      await start().go(1);
      await followAll(url, [{ patience }, { patience }, { patience, pace }], async (followers) => {
        await scenario(followers);
        await Promise.all(followers.map(({ until }) => until(({ seen }) => seen.includes('closed'))));
        await kill();
        const numbers = await numbersInLog();
        for (const { seen, events, attempts } of followers) {
          expect(seen).to.deep.equal([...numbers, 'end', 'closed']);
          const sequences = events.slice(0, -1).map(({ lastEventId }) => lastEventId.split('.').at(-1));
          expect(sequences).to.deep.equal(numbers.map((_, index) => String(index + 1)));
          expect(attempts.filter(({ status }) => status === 200).length).to.be.above(kills / 2);
        }
        for (const { acknowledged } of servers) {
          expect(acknowledged.size).to.be.at.least(50);
          for (const [sequence, number] of acknowledged) expect(numbers[sequence - 1]).to.equal(String(number));
        }
        expect(lag).to.be.above(20);
      });
    }));
});
