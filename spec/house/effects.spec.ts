import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { entryPoints, root } from './repo.ts';

/** Runs in a process of its own and prints what importing the modules leaves behind, except for their peers. */
const program = `
  const look = () => ({
    globals: Object.getOwnPropertyNames(globalThis).concat(Object.getOwnPropertySymbols(globalThis).map(String)),
    prototypes: [Object, Array, Promise, EventTarget, Symbol].flatMap((known) =>
      [known, known.prototype].flatMap((owner) => Reflect.ownKeys(owner).map((key) => known.name + ' ' + String(key)))),
    listeners: process.eventNames().flatMap((name) => process.listeners(name).map(() => String(name))),
    handles: process.getActiveResourcesInfo(),
  });
  const [, ...modules] = process.argv;
  for (const peer of ['rxjs', 'rxjs/testing', 'io-ts', 'fp-ts/lib/Either.js']) await import(peer);
  const before = look();
  for (const module of modules) await import(module);
  const after = look();
  const left = Object.fromEntries(Object.keys(before).map((kind) => {
    const known = [...before[kind]];
    return [kind, after[kind].filter((item) => {
      const at = known.indexOf(item);
      if (at !== -1) known.splice(at, 1);
      return at === -1;
    })];
  }));
  console.log(JSON.stringify(left));
`;

function leftBy(...modules: readonly string[]): unknown {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', program, '--', ...modules],
    { cwd: root, encoding: 'utf8' },
  );
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}

describe('importing', function () {
  this.timeout(60_000);

  for (const { name, file } of entryPoints()) {
    it(`${name} leaves nothing behind`, () => {
      expect(leftBy(pathToFileURL(join(root, file)).href)).to.deep.equal({
        globals: [],
        prototypes: [],
        listeners: [],
        handles: [],
      });
    });
  }

  it('a module with effects is reported', () => {
    const effects = `
      globalThis.rxsse = 1;
      Array.prototype.last = () => {};
      process.on('SIGTERM', () => {});
      setTimeout(() => {}, 1);`;
    expect(leftBy(`data:text/javascript,${encodeURIComponent(effects)}`)).to.deep.equal({
      globals: ['rxsse'],
      prototypes: ['Array last'],
      listeners: ['SIGTERM'],
      handles: ['Timeout'],
    });
  });
});
