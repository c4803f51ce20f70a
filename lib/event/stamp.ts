import type { AnyDefinition } from './EventDefinition.ts';

/**
 * The definition that checked an event. The property is not enumerable: comparisons, copies and JSON text leave it out,
 * so the event stays a plain object, and a changed copy is checked again. The symbol is the same in all copies of this
 * package.
 */
const checkedBy: unique symbol = Symbol.for('rxsse.definition') as never;

/** Marks a new event as checked by its definition. @internal */
export function stamp<E extends object>(event: E, definition: AnyDefinition): E {
  return Object.defineProperty(event, checkedBy, { value: definition });
}

/** Returns the definition that created or decoded this event, if there is one. @internal */
export function definitionOf(value: unknown): AnyDefinition | undefined {
  return typeof value === 'object' && value !== null
    ? (value as { readonly [checkedBy]?: AnyDefinition })[checkedBy]
    : undefined;
}
