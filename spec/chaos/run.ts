import { property } from '../../lib/testing/property.ts';
import { scenarios } from './scenarios.ts';

/**
 * `npm run chaos -- [runs] [seed]`: runs each scenario with that many random networks, in virtual time, and prints the
 * smallest script of each that fails.
 */
const [runs = 100, seed = Math.floor(Math.random() * 2 ** 31)] = process.argv.slice(2).map(Number);
console.log(`${scenarios.length} scenarios, ${runs} networks each, seed ${seed}`);

let failed = 0;
for (const { name, make, options } of scenarios) {
  const started = performance.now();
  const outcome = failureOf(property(make, { ...options, runs, seed }));
  if (outcome !== undefined) failed++;
  console.log(`${outcome === undefined ? 'ok    ' : 'FAILED'} ${name}, ${Math.round(performance.now() - started)} ms`);
  if (outcome !== undefined) console.log(outcome);
}
console.log(failed === 0 ? 'no reader missed or repeated an event untold' : `${failed} scenarios failed`);
process.exitCode = failed === 0 ? 0 : 1;

function failureOf(test: () => void): string | undefined {
  try {
    test();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
