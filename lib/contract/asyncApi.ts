import { inDraft7, type JsonSchema } from '../codec/jsonSchema/JsonSchema.ts';
import { refTo } from '../codec/jsonSchema/Schemas.ts';
import { endFrame, gapFrame } from './controlFrames.ts';
import type { DescribedEvent, DescribedOperation } from './DescribedOperation.ts';
import { type Description, described } from './describeRoutes.ts';
import type { Parameter } from './parameters.ts';

/** Returns the AsyncAPI 3 document of some routes: a channel for each path, an operation for each method. */
export function asyncApi({ title, version, description, operations, definitions }: Description): object {
  const channels: Record<string, object> = {};
  const messages: Record<string, object> = {};
  for (const template of new Set(operations.map((operation) => operation.template))) {
    const here = operations.filter((operation) => operation.template === template);
    for (const message of here.flatMap(messagesOf)) messages[message.component] = asyncMessage(message);
    channels[channelOf(template)] = {
      address: template,
      ...channelParameters(here),
      messages: Object.fromEntries(
        here.flatMap(messagesOf).map(({ component }) => [component, { $ref: `#/components/messages/${component}` }]),
      ),
    };
  }
  return {
    asyncapi: '3.0.0',
    info: { title, version, ...described(description) },
    defaultContentType: 'application/json',
    channels,
    operations: Object.fromEntries(operations.map((operation) => [operation.id, asyncOperation(operation)])),
    components: {
      messages,
      schemas: {
        ...Object.fromEntries([...definitions].map(([name, schema]) => [name, inDraft7(schema)])),
        [gapFrame.component]: gapFrame.schema,
        [endFrame.component]: endFrame.schema,
      },
    },
  };
}

function messagesOf({ events, control }: DescribedOperation): readonly DescribedEvent[] {
  return [...(events ?? [otherEvent]), ...(control.gap ? [gapFrame] : []), ...(control.end ? [endFrame] : [])];
}

/** The message of a route whose events are not known beforehand. */
const otherEvent: DescribedEvent = {
  name: 'other',
  component: 'rxsse.other',
  description: 'The events of this route are not described.',
  example: undefined,
};

function asyncMessage({ name, component, description, example }: DescribedEvent): object {
  const isKnown = component !== otherEvent.component;
  return {
    name,
    title: name,
    ...described(description),
    ...(isKnown ? { contentType: 'application/json', payload: refTo(component) } : {}),
    ...(example === undefined ? {} : { examples: [{ name, payload: example }] }),
  };
}

function asyncOperation(operation: DescribedOperation): object {
  const { template, method, kind, description, parameters } = operation;
  const channel = `#/channels/${channelOf(template)}`;
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const query = inQuery.length === 0 ? {} : { query: objectOf(inQuery) };
  return {
    action: kind === 'stream' ? 'send' : 'receive',
    channel: { $ref: channel },
    ...described(description),
    messages: messagesOf(operation).map(({ component }) => ({ $ref: `${channel}/messages/${component}` })),
    bindings: { http: { method, ...query, bindingVersion: '0.3.0' } },
  };
}

function objectOf(parameters: readonly Parameter[]): JsonSchema {
  const required = parameters.filter((parameter) => parameter.required).map(({ name }) => name);
  const properties = parameters.map(({ name, schema }) => [name, inDraft7(schema)]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
  };
}

function channelParameters(operations: readonly DescribedOperation[]): object {
  const inPath = operations[0]?.parameters.filter((parameter) => parameter.in === 'path') ?? [];
  if (inPath.length === 0) return {};
  return { parameters: Object.fromEntries(inPath.map(({ name, description }) => [name, described(description)])) };
}

function channelOf(template: string): string {
  return template.replace(/[^\w.-]+/g, '_').replace(/^_|_$/g, '') || 'root';
}
