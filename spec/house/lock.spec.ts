import { expect } from 'chai';
import { textOf } from './repo.ts';

interface Locked {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, Locked>>;
}

/** Returns the packages whose lock entry holds a download address, which may be a private registry. */
function withAddress({ packages }: Lock): readonly string[] {
  return Object.keys(packages).filter((path) => packages[path]?.resolved !== undefined);
}

/** Returns true if a package finds another as Node resolves it: below itself, then below each folder above. */
function resolves(packages: Lock['packages'], from: string, name: string): boolean {
  if (packages[`${from === '' ? '' : `${from}/`}node_modules/${name}`] !== undefined) return true;
  return from !== '' && resolves(packages, from.slice(0, Math.max(0, from.lastIndexOf('node_modules/') - 1)), name);
}

/** Returns the dependencies that the lock does not hold. `npm ci` rejects such a lock on every platform. */
function missing({ packages }: Lock): readonly string[] {
  return Object.entries(packages).flatMap(([path, { dependencies, devDependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })
      .filter((name) => !resolves(packages, path, name))
      .map((name) => `${path || 'the project'} needs ${name}`),
  );
}

for (const file of ['package-lock.json', 'spec/clients/packages/package-lock.json']) {
  describe(file, () => {
    const lock = JSON.parse(textOf(file)) as Lock;

    it('names no download address', () => {
      expect(withAddress(lock), 'run npm with --omit-lockfile-registry-resolved').to.deep.equal([]);
      expect(textOf(file)).to.not.match(/https?:\/\/[^"]*\.tgz/);
    });

    it('holds the hash of every package', () => {
      const withoutHash = Object.keys(lock.packages).filter(
        (path) => path !== '' && lock.packages[path]?.integrity === undefined,
      );
      expect(withoutHash).to.deep.equal([]);
    });

    it('holds every dependency, for every platform', () => {
      expect(missing(lock)).to.deep.equal([]);
    });
  });
}

describe('a lock', () => {
  it('is reported where it holds an address or lacks a package', () => {
    const packages = {
      '': { devDependencies: { a: '1', missing: '1' } },
      'node_modules/a': { resolved: 'https://example.org/a.tgz', dependencies: { b: '1' } },
      'node_modules/a/node_modules/b': { dependencies: { c: '1' }, optionalDependencies: { 'c-for-mars': '1' } },
      'node_modules/c': { dependencies: { b: '1' } },
    };
    expect(withAddress({ packages })).to.deep.equal(['node_modules/a']);
    expect(missing({ packages })).to.deep.equal([
      'the project needs missing',
      'node_modules/a/node_modules/b needs c-for-mars',
      'node_modules/c needs b',
    ]);
  });
});
