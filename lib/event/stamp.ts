import type { AnyDefinition } from './EventDefinition.ts';

/** Returns its argument as its own instance, so that a class can add private fields to it. */
const Itself = function Itself(value: object) {
  return value;
} as unknown as new (
  value: object,
) => object;

/**
 * Marks an event with the definition that checked it, in a private field. No comparison, copy or JSON text contains it,
 * so the event stays a plain object, and a changed copy is checked again. A `WeakMap` does the same at forty times the
 * cost.
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

/** Marks a new event as checked by its definition. @internal */
export function stamp<E extends object>(event: E, definition: AnyDefinition): E {
  new Stamp(event, definition);
  return event;
}

/** Returns the definition that made this event; `undefined` where none did. @internal */
export function definitionOf(value: unknown): AnyDefinition | undefined {
  return typeof value === 'object' && value !== null ? Stamp.read(value) : undefined;
}
