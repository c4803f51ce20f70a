import { isObservable } from 'rxjs';
import { kindOf } from '../data/kindOf.ts';
import type { SseRequest } from '../sink/SseRequest.ts';
import type { RouteHandler } from './connectReader.ts';
import { sameEvent } from './difference.ts';
import { EventSourceReader } from './EventSourceReader.ts';
import { type ExpectNoLeaksOptions, expectNoLeaks } from './expectNoLeaks.ts';
import { currentRun } from './MarbleRun.ts';
import { marbles } from './marbles.ts';
import { TestReader } from './TestReader.ts';
import { type Site, siteOf } from './testFailure.ts';

/**
 * The part of chai that the plugin uses; chai is not imported: 4 and later have it, and so has Vitest.
 */
interface ChaiLike {
  readonly Assertion: {
    addMethod(name: string, method: (this: { readonly _obj: unknown }, ...args: unknown[]) => void): void;
  };
  readonly config: object;
}

/** The part of chai's utilities that the plugin uses. */
interface ChaiUtilsLike {
  flag(assertion: object, name: string): unknown;
  eql(a: never, b: never, options?: never): boolean;
}

declare global {
  // Merged with chai's own types where chai is installed.
  namespace Chai {
    interface Assertion {
      /**
       * Compares the stream, or the frames of a reader, with a marble diagram. Inside a marble test it is checked when
       * virtual time has passed; outside of one the stream runs in virtual time at once.
       */
      emitMarbles(marbles: string, values?: Readonly<Record<string, unknown>>, error?: unknown): void;
      /**
       * Checks that the route releases its readers: no timer, subscription or listener is left when they have
       * disconnected.
       */
      expectNoLeaks(options?: ExpectNoLeaksOptions): void;
    }
  }
}

/**
 * The plugin for chai: `emitMarbles`, `expectNoLeaks`, and deep equality of events by what their definition sends.
 *
 * @example Check streams and routes with chai
 * use(rxsseChai);
 * it('ticks', marbles(({ cold }) => {
 *   expect(cold('-a-b|').pipe(map((letter) => letter.toUpperCase()))).to.emitMarbles('-A-B|');
 * }));
 * it('releases its readers', () => {
 *   expect(sse(interval(1000))).to.expectNoLeaks();
 * });
 *
 * @category testing
 */
export function rxsseChai(chai: ChaiLike, utils: ChaiUtilsLike): void {
  const rejectNot = (assertion: object, name: string): void => {
    if (utils.flag(assertion, 'negate') === true)
      throw new TypeError(`${name} cannot be negated by not; expect what the stream emits instead`);
  };
  const siteIn = (assertion: object): Site => {
    const start = utils.flag(assertion, 'ssfi');
    return siteOf(typeof start === 'function' ? (start as () => void) : siteIn);
  };

  chai.Assertion.addMethod('emitMarbles', function (...args: unknown[]) {
    const [diagram, values, error] = args as Parameters<Chai.Assertion['emitMarbles']>;
    rejectNot(this, 'emitMarbles');
    const site = siteIn(this);
    const stream = this._obj;
    const expectMarbles = () => {
      if (stream instanceof TestReader || stream instanceof EventSourceReader || isObservable(stream)) {
        currentRun()?.expectMarbles(stream, site, diagram, values, error);
      } else
        throw new TypeError(
          `emitMarbles: expected an Observable, or a reader of the helpers reader and eventSource, got ${kindOf(stream)}`,
        );
    };
    if (currentRun() !== undefined) return expectMarbles();
    if (!isObservable(stream))
      throw new TypeError(
        `emitMarbles: expected an Observable outside of a marble test, got ${kindOf(stream)}; wrap a test of a reader in marbles`,
      );
    marbles(expectMarbles)();
  });

  chai.Assertion.addMethod('expectNoLeaks', function (...args: unknown[]) {
    const [options] = args as Parameters<Chai.Assertion['expectNoLeaks']>;
    rejectNot(this, 'expectNoLeaks');
    expectNoLeaks(this._obj as RouteHandler<SseRequest>, options);
  });

  const before = Reflect.get(chai.config, 'deepEqual') as ((a: unknown, b: unknown) => boolean) | null | undefined;
  const comparator = (a: unknown, b: unknown): boolean | null => sameEvent(a, b) ?? null;
  const deepEqual = (a: unknown, b: unknown): boolean =>
    sameEvent(a, b) ?? before?.(a, b) ?? utils.eql(a as never, b as never, { comparator } as never);
  Object.assign(chai.config, { deepEqual });
}
