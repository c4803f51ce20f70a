import { join } from 'node:path';
import { expect } from 'chai';
import { textOf } from './repo.ts';

interface Locked {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly version?: string;
  readonly engines?: { readonly node?: string } | readonly string[];
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

type Version = readonly [major: number, minor: number, patch: number];

const isBelow = (a: Version, b: Version): boolean => (a[0] - b[0] || a[1] - b[1] || a[2] - b[2]) < 0;

/** Returns true if a version satisfies one comparator of npm: `>=20.19`, `<7`, `^20.19.0`, `20.x`, `*`. Throws for any other form. */
function satisfiesOne(version: Version, comparator: string): boolean {
  const [, operator, ...parts] = /^(>=|<|\^|)v?(\d+|\*)(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?$/.exec(comparator) ?? [];
  if (operator === undefined) throw new Error(`a range of engines that this spec does not read: ${comparator}`);
  const numbers = parts.filter((part) => part !== undefined && /\d/.test(part)).map(Number);
  const [major = 0, minor = 0, patch = 0] = numbers;
  if (operator === '<') return isBelow(version, [major, minor, patch]);
  if (operator === '') return numbers.every((number, n) => number === version[n]);
  return !isBelow(version, [major, minor, patch]) && (operator === '>=' || version[0] === major);
}

function satisfies(version: Version, range: string): boolean {
  return range.split('||').some((alternative) =>
    alternative
      .trim()
      .replace(/>=\s+/g, '>=')
      .split(/\s+/)
      .every((comparator) => satisfiesOne(version, comparator)),
  );
}

/** Returns the packages that do not run on a version of Node: `npm ci` warns of each with EBADENGINE. */
function needAnotherNode({ packages }: Lock, node: Version): readonly string[] {
  return Object.entries(packages).flatMap(([path, { version, engines }]) => {
    const range = engines !== undefined && 'node' in engines ? engines.node : undefined;
    return range === undefined || satisfies(node, range) ? [] : [`${path} ${version} needs Node ${range}`];
  });
}

/** Returns the lowest version of Node that the README allows. */
function lowestNode(): Version {
  const [, major, minor] = /Node (\d+)\.(\d+) or newer/.exec(textOf('README.md')) ?? [];
  return [Number(major), Number(minor), 0];
}

const locks = [
  '.',
  'spec/clients/packages',
  'spec/clients/copilotkit',
  'site',
  'examples/frameworks',
  'examples/components',
].map((folder) => join(folder, 'package-lock.json'));

/**
 * Packages of CopilotKit that name a newer Node than they need: its specs run them on the lowest one; and the AI SDK that
 * assistant-ui has for its pages, which a browser runs.
 */
const runsNevertheless =
  /@whatwg-node\/(promise-helpers|disposablestack) |^node_modules\/(@assistant-ui\/ai-sdk\/node_modules|@ai-sdk\/mcp)\b/;

for (const file of locks) {
  describe(file, () => {
    const lock = JSON.parse(textOf(file)) as Lock;

    it('has no download address', () => {
      expect(withAddress(lock), 'run npm with --omit-lockfile-registry-resolved').to.deep.equal([]);
      expect(textOf(file)).to.not.match(/https?:\/\/[^"]*\.tgz/);
    });

    it('has the hash of every package', () => {
      const withoutHash = Object.keys(lock.packages).filter(
        (path) => path !== '' && lock.packages[path]?.integrity === undefined,
      );
      expect(withoutHash).to.deep.equal([]);
    });

    it('has every dependency, for every platform', () => {
      expect(missing(lock)).to.deep.equal([]);
    });

    it('has only packages that run on the lowest Node of the README', () => {
      const others = needAnotherNode(lock, lowestNode());
      expect(others.filter((found) => !runsNevertheless.test(found))).to.deep.equal([]);
    });
  });
}

describe('package.json', () => {
  it('requires the Node of the README', () => {
    const { engines } = JSON.parse(textOf('package.json')) as Locked;
    expect(engines).to.deep.equal({ node: `>=${lowestNode().slice(0, 2).join('.')}` });
  });
});

describe('a lock', () => {
  it('is reported when it has an address or lacks a package', () => {
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

  it('is reported when it has a package that needs another Node', () => {
    const ranges = [
      '>=6 <20',
      '>=22.12',
      '^18 || >=20.20',
      '19.x',
      '^22.0.0',
      '>= 20.19.1',
      '>=20.19',
      '^20.5',
      '20 || >=22',
      '*',
    ];
    const packages = Object.fromEntries(
      ranges.map((node, n) => [`node_modules/${n}`, { version: '1.0.0', engines: { node } }]),
    );
    expect(needAnotherNode({ packages }, [20, 19, 0])).to.deep.equal(
      ranges.slice(0, 6).map((range, n) => `node_modules/${n} 1.0.0 needs Node ${range}`),
    );
    expect(() => needAnotherNode({ packages: { a: { engines: { node: '~21' } } } }, [20, 19, 0])).to.throw('~21');
  });
});
