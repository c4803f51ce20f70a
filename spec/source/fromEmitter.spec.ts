import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import type { Observable } from 'rxjs';
import { fromEmitter } from '../../lib/source/fromEmitter.ts';
import { marbles } from '../../lib/testing/marbles.ts';

/** An emitter that emits what a diagram says: letters under their own name, `end` and `error` under `|` and `#`. */
function emits<T extends EventEmitter | EventTarget>(source: Observable<string>, emitter: T): T {
  const emit = (name: string, ...heard: unknown[]): void => {
    if (emitter instanceof EventEmitter) emitter.emit(name, ...heard);
    else emitter.dispatchEvent(new Event(name));
  };
  source.subscribe({
    next: (letter) => emit(letter, letter),
    error: (error) => emit('error', error),
    complete: () => emit('end'),
  });
  return emitter;
}

const listeners = (emitter: EventEmitter) => emitter.eventNames();
const upper = (letter: string) => letter.toUpperCase();
const ps = { p: upper, s: upper };

describe('fromEmitter', () => {
  it(
    'gives what the functions make of the events, until the one that ends it',
    marbles(({ hot, expectObservable }) => {
      const emitter = emits(hot('--p-x-s---p---|'), new EventEmitter());
      const expected = '         --P---S---P---|';

      expectObservable(fromEmitter(emitter, ps, { end: 'end' })).toBe(expected);
    }),
  );

  it(
    'takes all arguments of an event, in the turn in which it is emitted',
    marbles(({ flush }) => {
      const shop = new EventEmitter<{ paid: [order: string, total: number] }>();
      const heard: unknown[] = [];
      fromEmitter(shop, { paid: (order: string, total: number) => ({ order, total }) }).subscribe((v) => heard.push(v));
      shop.emit('paid', 'A-17', 5);
      expect(heard).to.deep.equal([{ order: 'A-17', total: 5 }]);
      flush();
    }),
  );

  it(
    'begins with the subscription, and removes its listeners when it is left',
    marbles(({ hot, expectObservable, flush }) => {
      const emitter = emits(hot('--p-s-p-s-'), new EventEmitter());
      const left = '             ---^----!';
      const expected = '         ----S-P--';

      expectObservable(fromEmitter(emitter, ps, { end: 'end' }), left).toBe(expected);
      flush();
      expect(listeners(emitter)).to.deep.equal([]);
    }),
  );

  it('holds its listeners for as long as it is subscribed, each subscriber its own', () => {
    const emitter = new EventEmitter();
    const source = fromEmitter(emitter, ps, { end: ['end', 'close'] });
    expect(listeners(emitter)).to.deep.equal([]);
    const [one, two] = [source.subscribe(), source.subscribe()];
    expect(listeners(emitter).toSorted()).to.deep.equal(['close', 'end', 'error', 'p', 's']);
    expect(emitter.listenerCount('p')).to.equal(2);
    one.unsubscribe();
    expect(emitter.listenerCount('p')).to.equal(1);
    two.unsubscribe();
    expect(listeners(emitter)).to.deep.equal([]);
  });

  it(
    'errors with the error of a Node emitter, which else ends the process',
    marbles(({ hot, expectObservable, flush }) => {
      const emitter = emits(hot('--p--#'), new EventEmitter());
      const expected = '         --P--#';

      expectObservable(fromEmitter(emitter, ps)).toBe(expected);
      flush();
      expect(listeners(emitter)).to.deep.equal([]);
    }),
  );

  it(
    'errors with the events that say so, or with none',
    marbles(({ hot, expectObservable, flush }) => {
      const emitter = emits(hot('--p--s--'), new EventEmitter());
      const expected = '         --P--#  ';

      expectObservable(fromEmitter(emitter, { p: upper }, { error: ['s', 'x'] })).toBe(expected, undefined, 's');
      flush();
      const deaf = fromEmitter(emitter, { p: upper }, { error: [] }).subscribe();
      expect(listeners(emitter)).to.deep.equal(['p']);
      deaf.unsubscribe();
    }),
  );

  it(
    'gives an error that has a function of its own as a value, and an end that has one before it ends',
    marbles(({ hot, expectObservable }) => {
      const emitter = emits(hot('--p--#      '), new EventEmitter());
      const ending = emits(hot(' --p-----|   '), new EventEmitter());
      const asValue = '          --P--e------';
      const asLast = '           --P-----(e|)';

      expectObservable(fromEmitter(emitter, { ...ps, error: () => 'e' })).toBe(asValue);
      expectObservable(fromEmitter(ending, { ...ps, end: () => 'e' }, { end: 'end' })).toBe(asLast);
    }),
  );

  it(
    'errors when a function throws, and removes its listeners',
    marbles(({ hot, expectObservable, flush }) => {
      const emitter = emits(hot('--p-s-p-'), new EventEmitter());
      const expected = '         --P-#   ';
      const refuse = (): string => {
        throw 'no';
      };

      expectObservable(fromEmitter(emitter, { p: upper, s: refuse })).toBe(expected, undefined, 'no');
      flush();
      expect(listeners(emitter)).to.deep.equal([]);
    }),
  );

  it(
    'listens to an EventTarget, and leaves its error events alone',
    marbles(({ hot, expectObservable }) => {
      const target = emits(hot('--p--s--|'), new EventTarget());
      const failing = emits(hot('--p--#'), new EventTarget());
      const expected = '        --p--s--|';
      const unharmed = '        --p------';
      const nameOf = ({ type }: Event) => type;

      expectObservable(fromEmitter(target, { p: nameOf, s: nameOf }, { end: 'end' })).toBe(expected);
      expectObservable(fromEmitter(failing, { p: nameOf }), '^--------!').toBe(unharmed);
    }),
  );

  it('makes nothing any more of the event in whose course it was left', () => {
    const emitter = new EventEmitter();
    let made = 0;
    const first = fromEmitter(emitter, { p: upper }).subscribe(() => second.unsubscribe());
    const second = fromEmitter(emitter, { p: () => made++ }).subscribe();
    emitter.emit('p', 'p');
    first.unsubscribe();
    expect(made).to.equal(0);
  });

  it('takes no more listeners than it needs of an emitter that ends it while it listens', () => {
    const emitter = new EventEmitter();
    emitter.on('newListener', (name, listener) => {
      if (name === 'p') listener('p');
    });
    const heard: string[] = [];
    const refuse = () => {
      throw 'no';
    };
    fromEmitter(emitter, { p: refuse, s: upper }).subscribe({ error: (error) => heard.push(error) });
    expect(heard).to.deep.equal(['no']);
    expect(listeners(emitter)).to.deep.equal(['newListener']);
  });

  it('refuses what is no emitter, and a maker that is no function', () => {
    expect(() => fromEmitter({} as EventEmitter, ps)).to.throw(TypeError, 'expected an emitter, got object');
    expect(() => fromEmitter(null as unknown as EventEmitter, ps)).to.throw(TypeError, 'expected an emitter, got null');
    expect(() => fromEmitter(new EventEmitter(), { p: 5 } as never)).to.throw(TypeError, 'p: expected a function');
  });
});
