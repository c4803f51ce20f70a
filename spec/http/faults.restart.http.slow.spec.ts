import { expect } from 'chai';
import type { Faults } from '../support/FaultyConnection.ts';
import { faultProxy } from '../support/faultProxy.ts';
import { follow } from './eventSource.ts';
import { perServer, successiveServers } from './kill9/successiveServers.ts';

const hows = ['cut', 'reset', 'lost', 'deaf'] as const;

/** Faults one after the other, each elsewhere in the response; the first response has a retry for the reader. */
function faultsOf(connection: number): Faults {
  const how = hows[connection % hows.length];
  if (how === undefined || connection === 0) return {};
  return { answer: { how, after: 200 + ((connection * 137) % 4000), noticed: 5 } };
}

describe('an EventSource with faulty connections, whose server is killed', function () {
  // It takes about 3 s; the timeout allows for a busy machine.
  this.timeout(120_000);
  const withServers = successiveServers();

  it('receives every event of an lmdb feed once and in order, over four servers', () =>
    withServers(async ({ url, start, kill, numbers }) => {
      let isCalm = false;
      let server = start();
      await server.go(1);
      await faultProxy(
        url,
        (connection) => (isCalm ? {} : faultsOf(connection)),
        (proxy) =>
          follow(
            proxy.url,
            async ({ until, seen, attempts }) => {
              await until(() => seen.length > 0);
              for (let round = 1; round < 4; round++) {
                // The events of this server pass through some of the faults.
                const faulted = proxy.count + 8;
                proxy.breakAll();
                await until(() => proxy.count > faulted && Number(seen.at(-1)) > (round - 1) * perServer);
                await server.kill();
                server = start();
                await server.go(50);
              }
              isCalm = true;
              proxy.breakAll();
              server.end();
              await until(() => seen.includes('closed'));
              await kill();
              expect(seen).to.deep.equal([...(await numbers()), 'end', 'closed']);
              expect(new Set(attempts.map(({ resume }) => resume)))
                .to.include('exact')
                .and.not.include('gap;reason=epoch');
            },
            { patience: 60_000 },
          ),
      );
    }));
});
