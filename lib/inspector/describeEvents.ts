import type { ExactCodec } from '../codec/exact/ExactCodec.ts';
import type { Json } from '../codec/Json.ts';
import { Schemas } from '../codec/jsonSchema/Schemas.ts';
import { exampleOf } from '../contract/exampleOf.ts';
import { inputOf } from '../event/define.ts';
import { type Contract, definitionsIn } from '../event/events.ts';
import type { LaneData } from './Inspection.ts';

/** Returns the names of the events of a contract and, for a form, the schema of the data of each and an example. */
export function describeEvents(contract: Contract | undefined, withSchemas: boolean): LaneData['events'] {
  const definitions = contract === undefined ? [] : [...definitionsIn(contract).values()];
  return definitions.map((definition) => {
    if (!withSchemas) return { name: definition.type, schema: null, example: null };
    const schemas = new Schemas({});
    const schema = schemas.of(inputOf(definition) as ExactCodec);
    const example = exampleOf(schema, schemas.definitions) ?? null;
    return { name: definition.type, schema: schema as Json, example: example as Json };
  });
}
