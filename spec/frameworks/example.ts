import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Contract, EventDefinition, Feed } from '../../lib/index.ts';
import { frameworksFolder } from '../support/requires.ts';

type OrderPaid = EventDefinition<'order_paid', { user: string; total: number }>;

/** The exports of an example, whose packages need not be installed to compile a spec. */
export interface FrameworkExample {
  readonly orders: Feed<Contract<{ readonly OrderPaid: OrderPaid }>>;
  /** Listens, and returns the address. */
  start(): Promise<string>;
  /** Stops the server, by the way that the framework has for it. */
  stop(): Promise<unknown>;
}

/** Imports an example, compiled by its own configuration, with a copy of the library of its own. */
export async function load<T = FrameworkExample>(name: string): Promise<T> {
  const { tsImport } = await import('tsx/esm/api');
  return tsImport(join(frameworksFolder, `${name}.ts`), {
    parentURL: import.meta.url,
    tsconfig: join(frameworksFolder, 'tsconfig.json'),
  });
}

const { resolve } = createRequire(join(frameworksFolder, 'package.json'));

/** Imports a framework for a spec of its own. `T` is the part of it that the spec uses: it need not be installed to compile. */
export const importPackage = async <T>(name: string): Promise<T> =>
  (await import(pathToFileURL(resolve(name)).href)) as T;
