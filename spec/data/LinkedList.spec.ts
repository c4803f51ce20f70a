import { expect } from 'chai';
import fc from 'fast-check';
import { LinkedList, LinkedListNode } from '../../lib/data/LinkedList.ts';

class Waiting extends LinkedListNode {
  readonly name: number;

  constructor(name: number) {
    super();
    this.name = name;
  }
}

/** Names of links, and of lines. */
const link = fc.nat(7);
const line = fc.nat(2);

type Step =
  | { readonly does: 'push'; readonly link: number; readonly line: number }
  | { readonly does: 'leave'; readonly link: number }
  | { readonly does: 'shift'; readonly line: number }
  | { readonly does: 'take'; readonly line: number; readonly other: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constant('push' as const), link, line }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('leave' as const), link }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('shift' as const), line }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('take' as const), line, other: line }) },
);

/** Three lines, and three arrays that say what stands in them. */
class Both {
  readonly #links = Array.from({ length: 8 }, (_, name) => new Waiting(name));
  readonly #lines = Array.from({ length: 3 }, () => new LinkedList<Waiting>());
  #model: readonly (readonly number[])[] = [[], [], []];

  play(given: Step): void {
    switch (given.does) {
      case 'push':
        this.#lines[given.line]?.push(this.#link(given.link));
        this.#leave(given.link);
        this.#change(given.line, (names) => [...names, given.link]);
        break;
      case 'leave':
        this.#link(given.link).unlink();
        this.#leave(given.link);
        break;
      case 'shift':
        expect(this.#lines[given.line]?.shift()?.name).to.equal(this.#model[given.line]?.[0]);
        this.#change(given.line, (names) => names.slice(1));
        break;
      case 'take':
        this.#take(given.line, given.other);
    }
    expect(this.#lines.map(({ isEmpty }) => isEmpty)).to.deep.equal(this.#model.map(({ length }) => length === 0));
  }

  /** Whatever was done, each line gives what stands in it, in order, and is empty then. */
  checkAll(): void {
    const stood = this.#lines.map((each) => {
      const names: number[] = [];
      for (let next = each.shift(); next !== undefined; next = each.shift()) names.push(next.name);
      return names;
    });
    expect(stood).to.deep.equal(this.#model);
  }

  #take(into: number, from: number): void {
    const moved = this.#lines[from];
    if (moved !== undefined) this.#lines[into]?.append(moved);
    // Behind itself it stands as it stood.
    if (into === from) return;
    const names = this.#model[from] ?? [];
    this.#change(from, () => []);
    this.#change(into, (before) => [...before, ...names]);
  }

  #link(name: number): Waiting {
    return this.#links[name] ?? expect.fail('no such link');
  }

  #leave(name: number): void {
    this.#model = this.#model.map((names) => names.filter((other) => other !== name));
  }

  #change(index: number, change: (names: readonly number[]) => readonly number[]): void {
    this.#model = this.#model.map((names, at) => (at === index ? change(names) : names));
  }
}

describe('LinkedList', () => {
  it('behaves like arrays, for any number of lists that nodes move between', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const both = new Both();
        for (const each of steps) both.play(each);
        both.checkAll();
      }),
      { numRuns: 500 },
    );
  });

  it('returns undefined from an empty list', () => {
    expect(new LinkedList().shift()).to.equal(undefined);
  });

  it('ignores a node that is unlinked twice, or is in no list', () => {
    const waiting = new LinkedList<Waiting>();
    const [first, second] = [new Waiting(1), new Waiting(2)];
    first.unlink();
    waiting.push(first);
    waiting.push(second);
    first.unlink();
    first.unlink();
    expect([waiting.shift()?.name, waiting.isEmpty]).to.deep.equal([2, true]);
  });
});
