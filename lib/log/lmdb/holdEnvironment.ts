import { resolve } from 'node:path';
import { Environment } from './Environment.ts';
import { openTable } from './openTable.ts';

/** LMDB forbids a process to open a file twice, so environments are shared by all logs of the process. */
const environments = new Map<string, Environment>();

/** Returns the environment of this folder, and opens it if necessary. Each holder releases it once. */
export function holdEnvironment(path: string, maxReaders: number): Environment {
  const folder = resolve(path);
  const environment =
    environments.get(folder) ??
    new Environment(folder, () => environments.delete(folder), openTable(folder, maxReaders));
  environments.set(folder, environment);
  environment.hold();
  return environment;
}
