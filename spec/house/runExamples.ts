/**
 * Runs examples as modules, one after the other, and prints one line for each that fails: its number and the error. It is a
 * process of its own, since examples start timers and servers, which end with it. A server listens on a free port.
 */
import { readFileSync } from 'node:fs';
import { Server } from 'node:net';
import { pathToFileURL } from 'node:url';

/** Returns true for an error that is not a mistake of the example: the server that it names is not running. */
const isExpected = (error: unknown): boolean =>
  /ECONNREFUSED|fetch failed|ENOTFOUND|Failed to parse URL/.test(`${error} ${(error as Error)?.cause}`);

const [list = ''] = process.argv.slice(2);
const examples = JSON.parse(readFileSync(list, 'utf8')) as readonly string[];
let current = 0;
const failures: string[] = [];
const fail = (error: unknown): void => {
  if (!isExpected(error)) failures.push(`${current} ${error instanceof Error ? error.message : String(error)}`);
};

const { listen } = Server.prototype;
Server.prototype.listen = function (this: Server, ...args: unknown[]): Server {
  const callback = args.find((arg) => typeof arg === 'function') as (() => void) | undefined;
  return (listen as (...args: unknown[]) => Server).call(this, 0, '127.0.0.1', callback);
} as typeof listen;

/** The functions of a test runner that examples use: they run the test at once. */
const tests: Promise<unknown>[] = [];
Object.assign(globalThis, {
  it: (_title: string, test: () => unknown) => tests.push(Promise.resolve().then(test)),
  describe: (_title: string, define: () => void) => define(),
  Bun: { serve: () => ({}) },
  Deno: { serve: () => ({}) },
  // Nothing leaves this machine.
  fetch: () => Promise.reject(new TypeError('fetch failed')),
});

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
console.log = () => {};
console.warn = () => {};

for (const [index, path] of examples.entries()) {
  current = index;
  // A top-level await of what never comes is given up.
  const patience = new Promise((resolve) => setTimeout(resolve, 300));
  await Promise.race([import(pathToFileURL(path).href).then(() => Promise.all(tests.splice(0))), patience]).catch(fail);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
process.stdout.write(`${failures.join('\n')}\nran ${examples.length}\n`);
process.exit(0);
