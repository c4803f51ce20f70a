import { type Profiler, Session } from 'node:inspector';
import { basename } from 'node:path';
import type { ProfileLine } from './Scenario.ts';

/** The number of functions that a profile lists. */
const lines = 16;

/** Samples the running functions until the returned function is called. */
export function startProfile(): () => Promise<readonly ProfileLine[]> {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 200 });
  session.post('Profiler.start');
  return () =>
    new Promise((resolve, reject) => {
      session.post('Profiler.stop', (error, { profile }) => {
        session.disconnect();
        if (error === null) resolve(summary(profile));
        else reject(error);
      });
    });
}

/** Returns the share of self time of each function, the largest first. */
function summary({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): readonly ProfileLine[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  samples.forEach((id, index) => {
    const name = names.get(id) ?? '?';
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0));
  });
  // `dispatch` is the start of the profiler itself.
  const busy = [...times].filter(([name]) => name !== '(idle)' && name !== 'dispatch');
  const all = busy.reduce((sum, [, time]) => sum + time, 0);
  return busy
    .sort(([, a], [, b]) => b - a)
    .slice(0, lines)
    .map(([name, time]) => ({ name, share: time / all }));
}

function nameOf({ functionName, url, lineNumber }: Profiler.Profile['nodes'][number]['callFrame']): string {
  return url === '' ? functionName : `${functionName || '(anonymous)'} ${basename(url)}:${lineNumber + 1}`;
}
