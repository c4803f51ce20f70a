import { resolve } from 'node:path';
import { Environment } from './Environment.ts';

/** LMDB forbids a process to open a file twice, so environments are shared by all logs of the process. */
const environments = new Map<string, Environment>();

/** Returns the environment of this folder, and opens it if necessary. Each holder releases it once. */
export function holdEnvironment(path: string): Environment {
  const place = resolve(path);
  const environment = environments.get(place) ?? new Environment(place, () => environments.delete(place));
  environments.set(place, environment);
  environment.hold();
  return environment;
}
