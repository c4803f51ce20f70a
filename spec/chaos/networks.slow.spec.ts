import { property } from '../../lib/testing/property.ts';
import { scenarios } from './scenarios.ts';

/** `npm run chaos` runs more of them, with any seed. */
describe('a reader on random networks, over small, slow or failing logs, receives each event once or a gap', function () {
  this.timeout(60_000);
  for (const { name, make, options } of scenarios) it(name, property(make, { ...options, runs: 3 }));
});
