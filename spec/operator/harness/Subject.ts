import type { Observable } from 'rxjs';
import type { Entry, Gap } from '../../../lib/index.ts';
import type { MarbleHelpers, MarblesOptions } from '../../../lib/testing/marbles.ts';
import type { DocDiagram } from '../../support/docDiagram.ts';
import type { Order } from '../sample.ts';

/** The cases that every operator is checked for. */
export const cases = [
  'values',
  'never',
  'empty',
  'error',
  'early unsubscribe',
  'synchronous source',
  're-entrant emission',
  'second subscriber',
  'callbacks that throw',
  'bad options',
  'bounded memory',
  'nothing left behind',
  'positions',
  'diagram',
] as const;

export type Case = (typeof cases)[number];

/** The operator over a source. */
export type Use<T = Order> = (source: Observable<T>) => Observable<unknown>;

export type OrderEntry = Entry<Order | Gap>;

/** The arguments of `toBe`. */
export interface Expected {
  readonly marbles: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly error?: unknown;
}

/** The check of a case, or why the case does not apply. */
export type Check = (() => void | Promise<void>) | { readonly because: string };

/** An event and its position, for the case `positions`. */
export interface Positioned {
  readonly sequence: number;
  readonly order: string;
}

/** An operator, and what the cases need to know about it. */
export interface Subject {
  /** A typical use. It drops no event with a new `data.order`. */
  readonly over: Use;
  /** The result for `-a-b-c--|`. */
  readonly values: Expected;
  /** The result for a silent source, within 12 ms. @default nothing */
  readonly never?: Expected;
  /** The result for `--|`. @default the same */
  readonly empty?: Expected;
  /** The result for `--#`. @default the same */
  readonly error?: Expected;
  /** How many values of an endless synchronous source are taken when the subscriber unsubscribes after one. @default 1 */
  readonly synchronous?: { readonly over?: Use; readonly taken: number };
  /** Returns the events in a value of the result. @default the value itself */
  readonly events?: (value: unknown) => readonly unknown[];
  /** Uses of the operator, by the callback that is replaced by one that throws. */
  readonly callbacks?: Readonly<Record<string, (thrower: () => never) => Use>>;
  /** Calls that throw at once. */
  readonly bad?: Readonly<Record<string, readonly [() => unknown, typeof TypeError | typeof RangeError, RegExp]>>;
  /** Another use, for a million values in one turn. */
  readonly busy?: Use;
  /** Uses with another stream, which has to be unsubscribed from as well. */
  readonly inner?: Readonly<
    Record<string, (source: Observable<Order>, inner: Observable<never>) => Observable<unknown>>
  >;
  readonly entries?: {
    /** @default the same as for events */
    readonly over?: Use<OrderEntry>;
    /** Returns the sequences of the events that must be emitted. @default all */
    readonly must?: (events: readonly Positioned[]) => readonly number[];
    /** Whether other events may be emitted too. */
    readonly orMore?: boolean;
  };
  /** Runs the diagram of the doc comment. */
  readonly diagram:
    | { readonly play: (diagram: DocDiagram, helpers: MarbleHelpers) => void; readonly options?: MarblesOptions }
    | { readonly playAsync: (diagram: DocDiagram) => Promise<void> };
  readonly own?: Partial<Readonly<Record<Case, Check>>>;
}
