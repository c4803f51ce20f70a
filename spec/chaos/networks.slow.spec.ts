import { property } from '../../lib/testing/property.ts';
import { scenarios } from './scenarios.ts';

/** `npm run chaos` runs more of them, with any seed. */
describe('on random networks, over logs that are small, slow or fail, no reader misses or repeats an event untold', function () {
  this.timeout(60_000);
  for (const { name, make, options } of scenarios) it(name, property(make, { ...options, runs: 3 }));
});
