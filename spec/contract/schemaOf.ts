import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { EMPTY } from 'rxjs';
import { events, type Shape, sse } from 'rxsse';
import { type ContractOptions, contract } from 'rxsse/contract';

/** Returns the document of an event with this shape, as `schemas/x.json` serves it. */
export async function schemaOf(shape: Shape, options: ContractOptions = {}): Promise<Record<string, unknown>> {
  const handler = contract({ '/x': sse({ events: events({ X: shape }) }, EMPTY) }, options);
  const answer = await handler(new Request('http://here/streams/schemas/x.json'));
  const { $schema, title, ...schema } = (await answer.json()) as Record<string, unknown>;
  return schema;
}

/** Returns the function that judges values by the document's schema of a shape. */
export async function judgeOf(shape: Shape): Promise<(value: unknown) => boolean> {
  const ajv = new Ajv2020({ strict: false, ownProperties: true });
  addFormats.default(ajv);
  const validate = ajv.compile(await schemaOf(shape));
  return (value) => validate(value);
}
