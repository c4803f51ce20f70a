import { soaked } from './routes.ts';
import { inMiB, MiB } from './settled.ts';
import { type Found, soak } from './soak.ts';

/**
 * `npm run soak [cycles]`: connects and disconnects readers of every kind of route
 * in many ways. Fails when memory, handles or subscriptions remain.
 */
const cycles = Number(process.argv[2] ?? 10_000);
const allowed = 5 * MiB;

function problemsOf({ grown, before, after, subscribed, listeners }: Found): readonly string[] {
  return [
    ...(grown > allowed ? [`memory grew by ${inMiB(grown)}, more than ${inMiB(allowed)}`] : []),
    ...(JSON.stringify(before) === JSON.stringify(after) ? [] : [`handles and timers differ from before`]),
    ...(subscribed === 0 ? [] : [`${subscribed} subscriptions remain`]),
    ...(listeners === 0 ? [] : [`${listeners} listeners remain`]),
  ];
}

for (const name of Object.keys(soaked)) {
  const started = performance.now();
  const found = await soak(name, cycles);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${name}: ${cycles} readers in ${seconds} s; memory ${found.grown >= 0 ? '+' : ''}${inMiB(found.grown)}; ` +
      `before ${JSON.stringify(found.before)}, after ${JSON.stringify(found.after)}; ` +
      `${found.subscribed} subscriptions, ${found.listeners} listeners remain`,
  );
  for (const line of problemsOf(found)) {
    console.error(`FAILED: ${name}: ${line}`);
    process.exitCode = 1;
  }
}
