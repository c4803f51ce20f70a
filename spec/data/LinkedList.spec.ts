import { expect } from 'chai';
import fc from 'fast-check';
import { LinkedList, LinkedListNode } from '../../lib/data/LinkedList.ts';

class Named extends LinkedListNode {
  readonly name: number;

  constructor(name: number) {
    super();
    this.name = name;
  }
}

/** The names of nodes, and of lists. */
const node = fc.nat(7);
const list = fc.nat(2);

type Step =
  | { readonly does: 'push'; readonly node: number; readonly list: number }
  | { readonly does: 'unlink'; readonly node: number }
  | { readonly does: 'shift'; readonly list: number }
  | { readonly does: 'append'; readonly list: number; readonly other: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constant('push' as const), node, list }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('unlink' as const), node }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('shift' as const), list }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('append' as const), list, other: list }) },
);

/** Returns three lists, and three arrays with the same content. */
class Both {
  readonly #nodes = Array.from({ length: 8 }, (_, name) => new Named(name));
  readonly #lists = Array.from({ length: 3 }, () => new LinkedList<Named>());
  #model: readonly (readonly number[])[] = [[], [], []];

  play(step: Step): void {
    switch (step.does) {
      case 'push':
        this.#lists[step.list]?.push(this.#node(step.node));
        this.#remove(step.node);
        this.#change(step.list, (names) => [...names, step.node]);
        break;
      case 'unlink':
        this.#node(step.node).unlink();
        this.#remove(step.node);
        break;
      case 'shift':
        expect(this.#lists[step.list]?.shift()?.name).to.equal(this.#model[step.list]?.[0]);
        this.#change(step.list, (names) => names.slice(1));
        break;
      case 'append':
        this.#append(step.list, step.other);
    }
    expect(this.#lists.map(({ isEmpty }) => isEmpty)).to.deep.equal(this.#model.map(({ length }) => length === 0));
  }

  /** Checks that each list returns its nodes in order, and is empty afterwards. */
  checkAll(): void {
    const remaining = this.#lists.map((each) => {
      const names: number[] = [];
      for (let next = each.shift(); next !== undefined; next = each.shift()) names.push(next.name);
      return names;
    });
    expect(remaining).to.deep.equal(this.#model);
  }

  #append(into: number, from: number): void {
    const moved = this.#lists[from];
    if (moved !== undefined) this.#lists[into]?.append(moved);
    // Appending a list to itself changes nothing.
    if (into === from) return;
    const names = this.#model[from] ?? [];
    this.#change(from, () => []);
    this.#change(into, (before) => [...before, ...names]);
  }

  #node(name: number): Named {
    return this.#nodes[name] ?? expect.fail('no such node');
  }

  #remove(name: number): void {
    this.#model = this.#model.map((names) => names.filter((other) => other !== name));
  }

  #change(index: number, change: (names: readonly number[]) => readonly number[]): void {
    this.#model = this.#model.map((names, at) => (at === index ? change(names) : names));
  }
}

describe('LinkedList', () => {
  it('behaves like an array, also for nodes that move between lists', () => {
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
    const list = new LinkedList<Named>();
    const [first, second] = [new Named(1), new Named(2)];
    first.unlink();
    list.push(first);
    list.push(second);
    first.unlink();
    first.unlink();
    expect([list.shift()?.name, list.isEmpty]).to.deep.equal([2, true]);
  });
});
