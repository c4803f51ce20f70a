import { soaked } from './routes.ts';
import { inMiB, MiB } from './settled.ts';
import { type Found, soak } from './soak.ts';

/**
 * `npm run soak [cycles]`: readers that connect and leave, in every way of
 * sending and many of leaving. Fails when anything of them is left.
 */
const cycles = Number(process.argv[2] ?? 10_000);
const allowed = 5 * MiB;

function leftIn({ grown, before, after, subscribed, listeners }: Found): readonly string[] {
  return [
    ...(grown > allowed ? [`memory grew by ${inMiB(grown)}, more than ${inMiB(allowed)}`] : []),
    ...(JSON.stringify(before) === JSON.stringify(after) ? [] : [`handles and timers are not what they were`]),
    ...(subscribed === 0 ? [] : [`${subscribed} subscriptions are left`]),
    ...(listeners === 0 ? [] : [`${listeners} listeners are left`]),
  ];
}

for (const name of Object.keys(soaked)) {
  const started = performance.now();
  const found = await soak(name, cycles);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${name}: ${cycles} came and left in ${seconds} s; memory ${found.grown >= 0 ? '+' : ''}${inMiB(found.grown)}; ` +
      `before ${JSON.stringify(found.before)}, after ${JSON.stringify(found.after)}; ` +
      `${found.subscribed} subscriptions, ${found.listeners} listeners left`,
  );
  for (const line of leftIn(found)) {
    console.error(`FAILED: ${name}: ${line}`);
    process.exitCode = 1;
  }
}
