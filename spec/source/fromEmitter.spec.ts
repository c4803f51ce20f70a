import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import type { Observable } from 'rxjs';
import { fromEmitter } from '../../lib/source/fromEmitter.ts';
import { marbles } from '../../lib/testing/marbles.ts';

/** An emitter that emits what a diagram says: letters under their own name, `end` and `error` under `|` and `#`. */
function emits<T extends EventEmitter | EventTarget>(source: Observable<string>, emitter: T): T {
  const emit = (name: string, ...args: unknown[]): void => {
    if (emitter instanceof EventEmitter) emitter.emit(name, ...args);
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
    'emits the results of the functions for the events, until the end event',
    marbles(({ hot, expectObservable }) => {
      const emitter = emits(hot('--p-x-s---p---|'), new EventEmitter());
      const expected = '         --P---S---P---|';

      expectObservable(fromEmitter(emitter, ps, { end: 'end' })).toBe(expected);
    }),
  );

  it(
    'passes all arguments of an event, in the same turn',
    marbles(({ flush }) => {
      const shop = new EventEmitter<{ paid: [order: string, total: number] }>();
      const received: unknown[] = [];
      fromEmitter(shop, { paid: (order: string, total: number) => ({ order, total }) }).subscribe((v) =>
        received.push(v),
      );
      shop.emit('paid', 'A-17', 5);
      expect(received).to.deep.equal([{ order: 'A-17', total: 5 }]);
      flush();
    }),
  );

  it(
    'starts with the subscription, and removes its listeners when it is unsubscribed from',
    marbles(({ hot, expectObservable, flush }) => {
      const emitter = emits(hot('--p-s-p-s-'), new EventEmitter());
      const unsub = '            ---^----!';
      const expected = '         ----S-P--';

      expectObservable(fromEmitter(emitter, ps, { end: 'end' }), unsub).toBe(expected);
      flush();
      expect(listeners(emitter)).to.deep.equal([]);
    }),
  );

  it('adds listeners for each subscriber, for as long as it is subscribed', () => {
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
    'errors with the error event of a Node emitter',
    marbles(({ hot, expectObservable, flush }) => {
      const emitter = emits(hot('--p--#'), new EventEmitter());
      const expected = '         --P--#';

      expectObservable(fromEmitter(emitter, ps)).toBe(expected);
      flush();
      expect(listeners(emitter)).to.deep.equal([]);
    }),
  );

  it(
    'errors with the events named by the option error, or with none',
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
    'emits the values of error and end events that have a function',
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
    'listens to an EventTarget, and ignores its error events',
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

  it('calls no more functions for an event during which it was unsubscribed from', () => {
    const emitter = new EventEmitter();
    let made = 0;
    const first = fromEmitter(emitter, { p: upper }).subscribe(() => second.unsubscribe());
    const second = fromEmitter(emitter, { p: () => made++ }).subscribe();
    emitter.emit('p', 'p');
    first.unsubscribe();
    expect(made).to.equal(0);
  });

  it('adds no more listeners after an emitter ended the stream while they were added', () => {
    const emitter = new EventEmitter();
    emitter.on('newListener', (name, listener) => {
      if (name === 'p') listener('p');
    });
    const received: string[] = [];
    const refuse = () => {
      throw 'no';
    };
    fromEmitter(emitter, { p: refuse, s: upper }).subscribe({ error: (error) => received.push(error) });
    expect(received).to.deep.equal(['no']);
    expect(listeners(emitter)).to.deep.equal(['newListener']);
  });

  it('throws a TypeError for a value that is not an emitter and for a mapping that is not a function', () => {
    expect(() => fromEmitter({} as EventEmitter, ps)).to.throw(
      TypeError,
      'emitter must have on and off, or addEventListener and removeEventListener, got object',
    );
    expect(() => fromEmitter(null as unknown as EventEmitter, ps)).to.throw(
      TypeError,
      'emitter must have on and off, or addEventListener and removeEventListener, got null',
    );
    expect(() => fromEmitter(new EventEmitter(), { p: 5 } as never)).to.throw(
      TypeError,
      'fromEmitter: p must be a function, got number',
    );
  });
});
