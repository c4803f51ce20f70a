import type { ExactCodec } from '../codec/exact/ExactCodec.ts';
import type { Json } from '../codec/Json.ts';
import { Schemas } from '../codec/jsonSchema/Schemas.ts';
import { exampleOf } from '../contract/exampleOf.ts';
import { inputOf } from '../event/define.ts';
import type { AnyDefinition } from '../event/EventDefinition.ts';
import type { LaneData } from './Inspection.ts';

/** Returns the name of an event and, for a form, the schema of its data and an example. */
export function describeEvent(definition: AnyDefinition, withSchema: boolean): LaneData['events'][number] {
  if (!withSchema) return { name: definition.type, schema: null, example: null };
  const schemas = new Schemas({});
  const schema = schemas.of(inputOf(definition) as ExactCodec);
  const example = exampleOf(schema, schemas.definitions) ?? null;
  return { name: definition.type, schema: schema as Json, example: example as Json };
}
