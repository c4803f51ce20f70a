import { randomNetwork, runNetwork } from './clients.ts';

/** `npm run chaos -- clients` runs more of them, with any seed. */
describe('over random connections to a feed, both clients receive each event once and in order, or a gap', function () {
  this.timeout(20_000);
  for (const seed of [1, 2, 6, 10, 18, 24, 29, 36]) {
    const { server, log, pipeline } = randomNetwork(seed);
    it(`on ${server}, over ${log} and ${pipeline}`, async () => {
      await runNetwork(randomNetwork(seed));
    });
  }
});
