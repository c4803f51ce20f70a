import type { AnyDefinition } from './EventDefinition.ts';

/** Returns what it is given as its own instance, so that a class can add private fields to it. */
const Itself = function Itself(value: object) {
  return value;
} as unknown as new (
  value: object,
) => object;

/**
 * Marks an event with the definition that checked it, in a private field: it is
 * seen by no comparison, copy or JSON text, so that an event stays the plain
 * object it looks like, and a changed copy has to be checked again. A `WeakMap`
 * says the same at forty times the cost.
 */
class Stamp extends Itself {
  readonly #definition: AnyDefinition;

  constructor(event: object, definition: AnyDefinition) {
    super(event);
    this.#definition = definition;
  }

  static read(value: object): AnyDefinition | undefined {
    return #definition in value ? value.#definition : undefined;
  }
}

/** Marks an event as checked by its definition. Once: the event must be fresh. @internal */
export function stamp<E extends object>(event: E, definition: AnyDefinition): E {
  new Stamp(event, definition);
  return event;
}

/** The definition that made this very event, if one did. @internal */
export function definitionOf(value: unknown): AnyDefinition | undefined {
  return typeof value === 'object' && value !== null ? Stamp.read(value) : undefined;
}
