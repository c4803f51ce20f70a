import { expect } from 'chai';
import * as fc from 'fast-check';
import { config, type Observable, Subscriber } from 'rxjs';
import { bus } from '../../lib/source/bus.ts';
import { marbles } from '../../lib/testing/marbles.ts';

/** All that an observer hears, in order. */
function heardOf<T>(source: Observable<T>, react: (value: T) => void = () => {}): string[] {
  const heard: string[] = [];
  source.subscribe({
    next: (value) => {
      heard.push(String(value));
      react(value);
    },
    error: (error) => heard.push(`# ${error}`),
    complete: () => heard.push('|'),
  });
  return heard;
}

describe('bus', () => {
  it(
    'gives every observer what is published, in the order of the calls, when an observer publishes, too',
    marbles(({ hot, expectObservable, flush }) => {
      const published = hot('-a----b--|   ');
      const each = '         -(ax)-b--|   ';
      const { events, publish, end } = bus<string>();
      const first = heardOf(events, (value) => value === 'a' && publish('x'));
      expectObservable(events).toBe(each);
      expectObservable(events).toBe(each);
      published.subscribe({ next: publish, complete: end });
      flush();
      expect(first).to.deep.equal(['a', 'x', 'b', '|']);
    }),
  );

  it('has handed a value to all when `publish` returns', () => {
    const { events, publish } = bus<string>();
    const heard = [heardOf(events), heardOf(events)];
    expect(publish('a')).to.equal(true);
    expect(heard).to.deep.equal([['a'], ['a']]);
  });

  it('gives an observer what is published after it came, and not what waits', () => {
    const { events, publish } = bus<string>();
    publish('before anybody');
    let late: string[] = [];
    heardOf(events, (value) => {
      if (value !== 'a') return;
      publish('x');
      late = heardOf(events);
      publish('y');
    });
    publish('a');
    publish('b');
    expect(late).to.deep.equal(['y', 'b']);
  });

  it('gives nothing more to one that has left, not even what was on its way', () => {
    const { events, publish } = bus<string>();
    const second: string[] = [];
    events.subscribe(() => leaving.unsubscribe());
    const leaving = events.subscribe((value) => second.push(value));
    publish('a');
    expect(second).to.deep.equal([]);
  });

  for (const [how, last] of [
    ['end', '|'],
    ['fail', '# no'],
  ] as const) {
    it(`says its ${how} after what is being published, to all, and to who comes later`, () => {
      const { events, publish, end, fail } = bus<string>();
      const finish = () => (how === 'end' ? end() : fail('no'));
      const taken: boolean[] = [];
      const first = heardOf(events, (value) => {
        if (value !== 'a') return;
        publish('x');
        finish();
        taken.push(publish('too late'));
      });
      const second = heardOf(events);
      publish('a');
      finish();
      end();
      expect(taken).to.deep.equal([false]);
      expect(publish('too late')).to.equal(false);
      expect([first, second, heardOf(events)]).to.deep.equal([['a', 'x', last], ['a', 'x', last], [last]]);
    });
  }

  it('ends a Subscriber that throws, with what it threw, and nobody else', () => {
    const { events, publish } = bus<string>();
    const errors: unknown[] = [];
    class Throwing extends Subscriber<string> {
      protected override _next(value: string): void {
        throw `no ${value}`;
      }
      protected override _error(error: unknown): void {
        errors.push(error);
        this.unsubscribe();
      }
    }
    events.subscribe(new Throwing());
    const other = heardOf(events);
    publish('a');
    publish('b');
    expect(errors).to.deep.equal(['no a']);
    expect(other).to.deep.equal(['a', 'b']);
  });

  it('goes on when an observer, its handling of errors or its teardown throws, and RxJS is told', async () => {
    const told: unknown[] = [];
    const before = config.onUnhandledError;
    const all = new Promise<void>((resolve) => {
      config.onUnhandledError = (error) => {
        if (told.push(error) === 3) resolve();
      };
    });
    try {
      const { events, publish, end } = bus<string>();
      class Hopeless extends Subscriber<string> {
        protected override _next(): void {
          throw 'first';
        }
        protected override _error(): void {
          throw 'handling';
        }
      }
      events.subscribe(new Hopeless());
      events.subscribe(() => {
        throw 'observer';
      });
      events.subscribe().add(() => {
        throw 'teardown';
      });
      const other = heardOf(events);
      publish('a');
      end();
      expect(other).to.deep.equal(['a', '|']);
      await all;
      expect(told.map((error) => (typeof error === 'string' ? error : 'teardown')).toSorted()).to.deep.equal([
        'handling',
        'observer',
        'teardown',
      ]);
    } finally {
      config.onUnhandledError = before;
    }
  });

  it('stops observers that publish in reaction to one another without an end', () => {
    const { events, publish } = bus<number>({ maxNested: 5 });
    const errors: unknown[] = [];
    const heard = heardOf(events, (n) => {
      try {
        publish(n + 1);
      } catch (error) {
        errors.push(error);
      }
    });
    publish(0);
    expect(heard).to.deep.equal(['0', '1', '2', '3', '4', '5']);
    expect(errors).to.have.length(1);
    expect(errors[0]).to.be.instanceOf(RangeError);
    // The bound is that of one publication, not of the bus.
    publish(100);
    expect(heard.slice(6)).to.deep.equal(['100', '101', '102', '103', '104', '105']);
  });

  it('allows no nested publication with 0, and refuses what is below', () => {
    const { events, publish } = bus<number>({ maxNested: 0 });
    const errors: unknown[] = [];
    events.subscribe((n) => {
      try {
        publish(n);
      } catch (error) {
        errors.push(error);
      }
    });
    publish(1);
    expect(errors).to.have.length(1);
    expect(() => bus({ maxNested: -1 })).to.throw(RangeError, 'maxNested');
    expect(() => bus({ maxNested: Number.NaN })).to.throw(RangeError, 'maxNested');
  });

  it('keeps one order for all, whoever reacts to what, and however often', () => {
    // Each observer reacts to some values by publishing others, which are larger: so it comes to an end.
    const reactions = fc.array(
      fc.dictionary(
        fc.integer({ min: 0, max: 9 }).map(String),
        fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }),
      ),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(reactions, fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 4 }), (reacting, given) => {
        const { events, publish, end } = bus<number>({ maxNested: Infinity });
        const called: string[] = [];
        const say = (value: number) => {
          called.push(String(value));
          publish(value);
        };
        const heard = reacting.map((reaction) =>
          heardOf(events, (value) => {
            for (const more of reaction[String(value)] ?? []) say(value + more);
          }),
        );
        for (const value of given) say(value);
        end();
        for (const one of heard) expect(one).to.deep.equal([...called, '|']);
      }),
    );
  });
});
