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

/** Packages whose lock says where they were downloaded, which is one person's registry and nobody else's. */
function withAddress({ packages }: Lock): readonly string[] {
  return Object.keys(packages).filter((path) => packages[path]?.resolved !== undefined);
}

/** Whether a package finds another as Node looks it up: below itself, then below each folder above. */
function finds(packages: Lock['packages'], from: string, name: string): boolean {
  if (packages[`${from === '' ? '' : `${from}/`}node_modules/${name}`] !== undefined) return true;
  return from !== '' && finds(packages, from.slice(0, Math.max(0, from.lastIndexOf('node_modules/') - 1)), name);
}

/** What a package asks for and the lock does not hold. `npm ci` refuses such a lock, whatever the platform. */
function absent({ packages }: Lock): readonly string[] {
  return Object.entries(packages).flatMap(([path, { dependencies, devDependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })
      .filter((name) => !finds(packages, path, name))
      .map((name) => `${path || 'the project'} asks for ${name}`),
  );
}

describe('package-lock.json', () => {
  const lock = JSON.parse(textOf('package-lock.json')) as Lock;

  it('names no download address', () => {
    expect(withAddress(lock), 'run npm with --omit-lockfile-registry-resolved').to.deep.equal([]);
    expect(textOf('package-lock.json')).to.not.match(/https?:\/\/[^"]*\.tgz/);
  });

  it('fixes every package by its content', () => {
    const loose = Object.keys(lock.packages).filter(
      (path) => path !== '' && lock.packages[path]?.integrity === undefined,
    );
    expect(loose).to.deep.equal([]);
  });

  it('holds all that is asked for, for every platform', () => {
    expect(absent(lock)).to.deep.equal([]);
  });

  it('would be found out', () => {
    const packages = {
      '': { devDependencies: { a: '1', gone: '1' } },
      'node_modules/a': { resolved: 'https://example.org/a.tgz', dependencies: { b: '1' } },
      'node_modules/a/node_modules/b': { dependencies: { c: '1' }, optionalDependencies: { 'c-for-mars': '1' } },
      'node_modules/c': { dependencies: { b: '1' } },
    };
    expect(withAddress({ packages })).to.deep.equal(['node_modules/a']);
    expect(absent({ packages })).to.deep.equal([
      'the project asks for gone',
      'node_modules/a/node_modules/b asks for c-for-mars',
      'node_modules/c asks for b',
    ]);
  });
});
