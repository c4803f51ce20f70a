import type { JsonSchema } from '../codec/jsonSchema/JsonSchema.ts';
import type { DescribedEvent } from './DescribedOperation.ts';

/** A frame that the library itself sends, in the form of an event of the program. */
type ControlFrame = Omit<DescribedEvent, 'description'> & { readonly description: string; readonly schema: JsonSchema };

const string = { type: 'string' };

/** The report of missing events. */
export const gapFrame: ControlFrame = {
  name: 'rxsse.gap',
  component: 'rxsse.gap',
  description: 'Events are missing at this position of the stream, which then continues.',
  example: { reason: 'trimmed', requested: '1.WXqtiJElw9PvZXQ0.7', resumedFrom: '1.WXqtiJElw9PvZXQ0.40' },
  schema: {
    type: 'object',
    properties: {
      reason: { ...string, enum: ['trimmed', 'epoch', 'future', 'invalid', 'overflow'] },
      requested: { type: ['string', 'null'], description: 'The cursor that the reader sent.' },
      resumedFrom: { ...string, description: 'The cursor after which the stream continues.' },
      feed: { ...string, description: 'The feed that misses events, in a merge of several.' },
    },
    required: ['reason', 'requested', 'resumedFrom'],
  },
};

/** The end of a stream. */
export const endFrame: ControlFrame = {
  name: 'rxsse.end',
  component: 'rxsse.end',
  description: 'The stream is complete, and the response ends. A request with this id is answered 204.',
  example: null,
  schema: {
    anyOf: [
      { type: 'null' },
      { type: 'object', properties: { reason: { ...string, const: 'failed' } }, required: ['reason'] },
    ],
  },
};
