import { randomNetwork, runNetwork } from './clients.ts';

/** `npm run chaos -- clients` runs more of them, with any seed. */
describe('both clients, over random connections to a feed,', () => {
  for (const seed of [1, 2, 6, 10, 18, 24, 29, 36]) {
    const { server, log, pipeline } = randomNetwork(seed);
    it(`receive each event once and in order, or a gap, on ${server}, over ${log} and ${pipeline}`, async () => {
      await runNetwork(randomNetwork(seed));
    });
  }
});
