import type { AnyDefinition } from './EventDefinition.ts';

/** The data of an event as JSON text: what its definition names, and nothing else. @internal */
export function encodeData(definition: AnyDefinition, event: { readonly data: unknown }): string {
  const text: string | undefined = JSON.stringify(definition.payload.encode(event.data));
  return text ?? 'null';
}
