import { isObservable } from 'rxjs';
import type { SseRequest } from '../sink/SseRequest.ts';
import type { RouteHandler } from './connectReader.ts';
import { EventSourceReader } from './EventSourceReader.ts';
import { type ExpectNoLeaksOptions, expectNoLeaks } from './expectNoLeaks.ts';
import { currentRun } from './MarbleRun.ts';
import { marbles } from './marbles.ts';
import { sameEvent } from './sameValue.ts';
import { TestReader } from './TestReader.ts';
import { type Site, siteOf } from './testFailure.ts';

/** What the plugin takes of chai, which is not imported: 4 and later have it, and so has Vitest. @category testing */
export interface ChaiLike {
  readonly Assertion: {
    addMethod(name: string, method: (this: { readonly _obj: unknown }, ...given: unknown[]) => void): void;
  };
  readonly config: object;
}

/** What the plugin takes of chai's own tools. @category testing */
export interface ChaiUtilsLike {
  flag(assertion: object, name: string): unknown;
  eql(a: never, b: never, options?: never): boolean;
}

declare global {
  // Merged with chai's own where it is installed, and nothing where it is not.
  namespace Chai {
    interface Assertion {
      /**
       * What the stream, or the frames of a reader, are, as a marble diagram.
       * Inside a marble test it is looked at when virtual time has passed; outside
       * of one the stream runs in virtual time at once.
       */
      emitMarbles(marbles: string, values?: Readonly<Record<string, unknown>>, error?: unknown): void;
      /** The route forgets its readers: no timer, subscription or listener is left when they have gone. */
      expectNoLeaks(options?: ExpectNoLeaksOptions): void;
    }
  }
}

/**
 * The plugin for chai: `emitMarbles`, `expectNoLeaks`, and events that are
 * deeply equal when their definition sends the same of them.
 *
 * @example Streams and routes in chai's words
 * use(rxsseChai);
 * it('ticks', marbles(({ cold }) => {
 *   expect(cold('-a-b|').pipe(map((letter) => letter.toUpperCase()))).to.emitMarbles('-A-B|');
 * }));
 * it('forgets', () => {
 *   expect(sse(interval(1000))).to.expectNoLeaks();
 * });
 *
 * @category testing
 */
export function rxsseChai(chai: ChaiLike, utils: ChaiUtilsLike): void {
  const refuseNot = (assertion: object, name: string): void => {
    if (utils.flag(assertion, 'negate') === true) throw new TypeError(`${name}: say what it does: there is no "not"`);
  };
  const siteIn = (assertion: object): Site => {
    const start = utils.flag(assertion, 'ssfi');
    return siteOf(typeof start === 'function' ? (start as () => void) : siteIn);
  };

  chai.Assertion.addMethod('emitMarbles', function (...given: unknown[]) {
    const [diagram, values, error] = given as Parameters<Chai.Assertion['emitMarbles']>;
    refuseNot(this, 'emitMarbles');
    const site = siteIn(this);
    const stream = this._obj;
    const expectMarbles = () => {
      if (stream instanceof TestReader || stream instanceof EventSourceReader || isObservable(stream)) {
        currentRun()?.expectMarbles(stream, site, diagram, values, error);
      } else throw new TypeError('emitMarbles: expected an Observable, or a reader of this kit');
    };
    if (currentRun() !== undefined) return expectMarbles();
    if (!isObservable(stream)) throw new TypeError('emitMarbles: outside a marble test it is for Observables alone');
    marbles(expectMarbles)();
  });

  chai.Assertion.addMethod('expectNoLeaks', function (...given: unknown[]) {
    const [options] = given as Parameters<Chai.Assertion['expectNoLeaks']>;
    refuseNot(this, 'expectNoLeaks');
    expectNoLeaks(this._obj as RouteHandler<SseRequest>, options);
  });

  const before = Reflect.get(chai.config, 'deepEqual') as ((a: unknown, b: unknown) => boolean) | null | undefined;
  const comparator = (a: unknown, b: unknown): boolean | null => sameEvent(a, b) ?? null;
  const deepEqual = (a: unknown, b: unknown): boolean =>
    sameEvent(a, b) ?? before?.(a, b) ?? utils.eql(a as never, b as never, { comparator } as never);
  Object.assign(chai.config, { deepEqual });
}
