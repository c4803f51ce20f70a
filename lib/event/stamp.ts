import type { AnyDefinition } from './EventDefinition.ts';

/** Marks events with the definition that checked them. */
interface Stamp {
  new (event: object, definition: AnyDefinition): object;
  read(value: object): AnyDefinition | undefined;
}

/** The key of the one stamp that all copies of this package in the process share. */
const key: unique symbol = Symbol.for('rxsse.stamp') as never;

/** The key under which an event of `withId` holds its id; the symbol is the same in all copies of this package. */
export const ownId: unique symbol = Symbol.for('rxsse.id') as never;

let processStamp: Stamp | undefined;

const holder = globalThis as { [key]?: Stamp };

/**
 * Marks a new event as checked by its definition, in a private field. No comparison, copy or JSON text contains it, so
 * the event stays a plain object, and a changed copy is checked again. A property that is not enumerable does the same
 * at ten times the cost, a `WeakMap` at forty times.
 *
 * @internal
 */
export function stamp<E extends object>(event: E, definition: AnyDefinition): E {
  processStamp ??= sharedStamp();
  new processStamp(event, definition);
  return event;
}

/** Returns the definition that created or decoded this event, if there is one. @internal */
export function definitionOf(value: unknown): AnyDefinition | undefined {
  processStamp ??= sharedStamp();
  return typeof value === 'object' && value !== null ? processStamp.read(value) : undefined;
}

/** Returns the id that `withId` gave an event; `undefined` for any other value. @internal */
export function ownIdOf(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null ? (value as { readonly [ownId]?: string })[ownId] : undefined;
}

/** Returns the stamp of the process. The first copy that needs one creates it: a private field belongs to one class. */
function sharedStamp(): Stamp {
  holder[key] ??= createStamp();
  return holder[key];
}

function createStamp(): Stamp {
  /** Returns its argument as its own instance, so that a class can add private fields to it. */
  const Itself = function Itself(value: object) {
    return value;
  } as unknown as new (
    value: object,
  ) => object;

  return class extends Itself {
    readonly #definition: AnyDefinition;

    constructor(event: object, definition: AnyDefinition) {
      super(event);
      this.#definition = definition;
    }

    static read(value: object): AnyDefinition | undefined {
      return #definition in value ? value.#definition : undefined;
    }
  };
}
