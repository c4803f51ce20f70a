import type { Observable } from 'rxjs';
import type { Entry, Gap } from '../../../lib/index.ts';
import type { MarbleHelpers, MarblesOptions } from '../../../lib/testing/marbles.ts';
import type { DocDiagram } from '../../support/docDiagram.ts';
import type { Order } from '../sample.ts';

/** What every operator answers. Whoever adds one here asks it of all. */
export const questions = [
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

export type Question = (typeof questions)[number];

/** The operator over a source. */
export type Over<T = Order> = (source: Observable<T>) => Observable<unknown>;

export type OrderEntry = Entry<Order | Gap>;

/** What comes out, for `toBe`. */
export interface Expected {
  readonly marbles: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly error?: unknown;
}

/** An answer of the operator's own, or why there is nothing to ask. */
export type Answer = (() => void | Promise<void>) | { readonly because: string };

/** An event at its place, as the questions about positions know it. */
export interface Placed {
  readonly sequence: number;
  readonly order: string;
}

/** An operator, and what the questions have to know of it. */
export interface Subject {
  /** As one would use it. Loses no event whose `data.order` is new to it. */
  readonly over: Over;
  /** What comes of `-a-b-c--|`. */
  readonly values: Expected;
  /** What comes within 12 ms of a source that never speaks. @default nothing */
  readonly never?: Expected;
  /** What comes of `--|`. @default the same */
  readonly empty?: Expected;
  /** What comes of `--#`. @default the same */
  readonly error?: Expected;
  /** Over a source that never lets go of the turn, left after one value: how much of it is taken. @default 1 */
  readonly synchronous?: { readonly over?: Over; readonly taken: number };
  /** The events in what comes out. @default itself */
  readonly events?: (given: unknown) => readonly unknown[];
  /** Each callback, with one that throws in its place. */
  readonly callbacks?: Readonly<Record<string, (thrower: () => never) => Over>>;
  /** What is refused when it is called. */
  readonly bad?: Readonly<Record<string, readonly [() => unknown, typeof TypeError | typeof RangeError, RegExp]>>;
  /** Another use of it, for a million values in one go. */
  readonly busy?: Over;
  /** Its other streams, which it must leave as well. */
  readonly inner?: Readonly<
    Record<string, (source: Observable<Order>, inner: Observable<never>) => Observable<unknown>>
  >;
  readonly entries?: {
    /** @default the same as for events */
    readonly over?: Over<OrderEntry>;
    /** Which events must come out, by their sequence. @default all */
    readonly must?: (given: readonly Placed[]) => readonly number[];
    /** Whether others may, too. */
    readonly orMore?: boolean;
  };
  /** Plays the diagram of the doc comment. */
  readonly diagram:
    | { readonly play: (diagram: DocDiagram, helpers: MarbleHelpers) => void; readonly options?: MarblesOptions }
    | { readonly playAsync: (diagram: DocDiagram) => Promise<void> };
  readonly own?: Partial<Readonly<Record<Question, Answer>>>;
}
