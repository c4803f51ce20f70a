import { resolve } from 'node:path';
import { Environment } from './Environment.ts';

/** LMDB forbids a process to open a file twice, so that this is shared by all who import it. */
const environments = new Map<string, Environment>();

/**
 * The environment in this folder, opened unless it is; each who holds it
 * releases it once.
 */
export function holdEnvironment(path: string): Environment {
  const place = resolve(path);
  const environment = environments.get(place) ?? new Environment(place, () => environments.delete(place));
  environments.set(place, environment);
  environment.hold();
  return environment;
}
