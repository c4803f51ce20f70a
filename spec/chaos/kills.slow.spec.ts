import { expect } from 'chai';
import { runKills } from './kills.ts';

/** `npm run chaos -- kills` kills more often, at other times. */
it('a server that is killed with `kill -9` loses and repeats no acknowledged event, for either client', async function () {
  this.timeout(60_000);
  expect(await runKills(3, 1)).to.be.above(60);
});
