import type { JsonSchema } from '../codec/jsonSchema/JsonSchema.ts';
import { refTo } from '../codec/jsonSchema/Schemas.ts';
import { endFrame, gapFrame } from './controlFrames.ts';
import type { DescribedEvent, DescribedOperation } from './DescribedOperation.ts';
import { type Description, described } from './describeRoutes.ts';

/** The methods that a path of OpenAPI has a field for. */
const knownMethods = new Set(['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'QUERY']);

/** Returns the OpenAPI 3.2 document of some routes. */
export function openApi({ title, version, description, operations, definitions }: Description): object {
  const paths = new Map<string, Record<string, unknown>>();
  for (const operation of operations) {
    const path = paths.get(operation.template) ?? {};
    paths.set(operation.template, path);
    if (knownMethods.has(operation.method)) path[operation.method.toLowerCase()] = operationOf(operation);
    else
      path.additionalOperations = { ...(path.additionalOperations ?? {}), [operation.method]: operationOf(operation) };
  }
  return {
    openapi: '3.2.0',
    info: { title, version, ...described(description) },
    paths: Object.fromEntries(paths),
    components: {
      schemas: {
        ...Object.fromEntries(definitions),
        [gapFrame.component]: gapFrame.schema,
        [endFrame.component]: endFrame.schema,
        'rxsse.problem': problem,
      },
    },
  };
}

function operationOf(operation: DescribedOperation): object {
  const { id, kind, description, parameters, body } = operation;
  const request = kind === 'receive' ? eventBody(operation) : body;
  return {
    operationId: id,
    ...described(description),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(request === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: request } } } }),
    responses: responsesOf(operation),
  };
}

function responsesOf(operation: DescribedOperation): object {
  const { kind, needsCursor, checksOrigin } = operation;
  if (kind === 'receive') return receiveResponses;
  return {
    ...(kind === 'stop' ? stopResponses : streamResponses(operation)),
    ...(checksOrigin ? { 403: otherOrigin } : {}),
    ...(needsCursor ? { 404: problemResponse('No stream of this cursor is stored, or it is of another owner.') } : {}),
  };
}

function streamResponses(operation: DescribedOperation): object {
  const { parameters, body, control, hasLocation } = operation;
  const isDecoded = body !== undefined || parameters.some((parameter) => parameter.in !== 'header');
  return {
    200: {
      description: 'A stream of events.',
      ...(hasLocation ? { headers: { Location: location } } : {}),
      content: { 'text/event-stream': { itemSchema: itemSchema(operation) } },
    },
    ...(control.position ? { 204: { description: 'The stream has ended after the cursor of the request.' } } : {}),
    ...(body === undefined ? {} : { 415: problemResponse('The type of the body is not JSON.') }),
    ...(isDecoded ? { 422: problemResponse('The request does not match the types of the route.') } : {}),
    503: { description: 'The server takes no more readers now. An EventSource gets an empty stream that ends.' },
  };
}

/**
 * Returns the schema of one event of a stream as parsed: by its name, its data is JSON of that schema. An event of another
 * protocol, or of a route without a contract, may have any name.
 */
function itemSchema({ events, control, hasOtherFrames }: DescribedOperation): JsonSchema {
  const position = {
    title: 'rxsse.position',
    description: 'A position without an event: its id is a cursor, and its data is empty.',
    properties: { event: { type: 'string', const: 'rxsse.position' }, data: { type: 'string', const: '' } },
    required: ['event'],
  };
  const members = [
    ...(events ?? []).map(frameSchema),
    ...(control.gap ? [frameSchema(gapFrame)] : []),
    ...(control.end ? [frameSchema(endFrame)] : []),
    ...(control.position ? [position] : []),
  ];
  const isClosed = events !== undefined && !hasOtherFrames;
  const open = events === undefined ? { description: 'The events of this route are not described.' } : {};
  return {
    type: 'object',
    properties: {
      id: { type: 'string' },
      event: { type: 'string' },
      data: { type: 'string' },
      retry: { type: 'integer', minimum: 0 },
    },
    required: ['data'],
    ...(isClosed ? { oneOf: members } : { anyOf: [...members, { title: 'other', ...open }] }),
  };
}

function frameSchema({ name, component, description }: DescribedEvent): JsonSchema {
  return {
    title: name,
    ...described(description),
    properties: {
      event: { type: 'string', const: name },
      data: { type: 'string', contentMediaType: 'application/json', contentSchema: refTo(component) },
    },
    required: ['event'],
  };
}

/** Returns the schema of what a client sends: an event or an array of events. */
function eventBody({ events }: DescribedOperation): JsonSchema {
  const { properties } = anyEvent;
  const event =
    events === undefined
      ? anyEvent
      : {
          oneOf: events.map(({ name, component, description }) => ({
            title: name,
            ...described(description),
            type: 'object',
            properties: { ...properties, type: { type: 'string', const: name }, data: refTo(component) },
            required: ['type', 'data'],
          })),
        };
  return { anyOf: [event, { type: 'array', items: event, minItems: 1 }] };
}

const anyEvent = {
  type: 'object',
  properties: { type: { type: 'string' }, data: {} },
  required: ['type'],
};

const problem = {
  description: 'A problem (RFC 9457). An app may answer with JSON of its own instead.',
  type: 'object',
  properties: {
    type: { type: 'string' },
    status: { type: 'integer' },
    title: { type: 'string' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { path: { type: 'string' }, expected: { type: 'string' }, got: { type: 'string' } },
        required: ['path', 'expected', 'got'],
      },
    },
  },
};

const location = {
  description: 'Where a GET reads the stream again.',
  schema: { type: 'string', format: 'uri-reference' },
};

const otherOrigin = problemResponse('A page of another origin sent the request.');

const stopResponses = {
  204: { description: 'The stream has ended, and its end is stored.' },
  503: { description: 'The end cannot be stored now.' },
};

const receiveResponses = {
  202: {
    description: 'The events are stored.',
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: { cursor: { type: 'string', description: 'The cursor of the last event.' } },
          required: ['cursor'],
        },
      },
    },
  },
  400: problemResponse('The body is not JSON.'),
  403: otherOrigin,
  409: problemResponse('The feed has ended.'),
  413: problemResponse('The body or an event is too large.'),
  415: problemResponse('The type of the body is not JSON.'),
  422: problemResponse('An event does not match its type.'),
  503: { description: 'The server takes no more feeds now.' },
};

function problemResponse(description: string): object {
  return { description, content: { 'application/problem+json': { schema: refTo('rxsse.problem') } } };
}
