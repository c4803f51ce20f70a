import * as t from 'io-ts';
import { describeMismatch } from '../codec/describeFailure.ts';
import { type ExactShape, exactShape } from '../codec/ExactShape.ts';
import { ExactCodec, typed } from '../codec/exact/ExactCodec.ts';
import { identityLeaf } from '../codec/exact/leaf.ts';
import { record } from '../codec/exact/record.ts';
import type { Shape } from '../codec/Shape.ts';
import { checkEventName } from '../wire/checkField.ts';
import type { AnyDefinition, TypedEvent } from './EventDefinition.ts';
import { stamp } from './stamp.ts';
import { standardProps, validateAs } from './standardProps.ts';

/** The property with the codec that fills defaults; the symbol is the same in all copies of this package. */
const input: unique symbol = Symbol.for('rxsse.input') as never;

/** Returns the codec that decodes the data that a client sends, and fills defaults. @internal */
export function inputOf(definition: AnyDefinition): t.Mixed {
  return (definition as { readonly [input]?: t.Mixed })[input] ?? definition.payload;
}

/** Creates a definition, for `event` and `events`. @internal */
export function define(type: string, shape: Shape | undefined): AnyDefinition {
  checkEventName('event: type', type);
  const at = `${type}.data`;
  const exact = shape === undefined ? noShape : exactShape(shape, at);
  const { codec: payload, fill } = exact;
  if (payload.branches().some(({ kinds }) => kinds.has('absent'))) {
    throw new TypeError(`${at}: JSON cannot carry undefined; use t.null, or no shape for an event without data`);
  }

  const codec = eventCodec(type, payload, (checked) => stamp(checked, definition));
  const construct = (input?: unknown): TypedEvent => {
    const data = fill(input);
    if (!payload.is(data)) throw new TypeError(describeMismatch(payload, data, at).join('\n'));
    return stamp({ type, data }, definition);
  };
  const definition = Object.assign(construct, {
    type,
    codec: typed<TypedEvent, TypedEvent>(codec),
    payload: typed<unknown, unknown>(payload),
    is: (value: unknown): value is TypedEvent => codec.is(value),
    '~standard': standardProps<unknown, TypedEvent>([codec], (value) => validateAs(codec, value)),
  });
  Object.defineProperties(definition, { name: { value: type }, [input]: { value: exact.input } });
  return Object.freeze(definition);
}

const nullCodec = identityLeaf('null', ['null'], (value) => value === null, [null]);
const noShape: ExactShape = {
  codec: nullCodec,
  input: nullCodec,
  fill: (input) => (input === undefined ? null : input),
};

/** Creates the codec of `{ type, data }`. What it decodes is checked as the constructor checks it, and is marked so. */
function eventCodec(type: string, payload: ExactCodec, mark: (event: object) => object): ExactCodec {
  const name = identityLeaf(JSON.stringify(type), ['string'], (value) => value === type, [type]);
  const known = new Map([
    ['type', { codec: name, required: true }],
    ['data', { codec: payload, required: true }],
  ]);
  const whole = record(type, { known, rest: undefined, checks: [] });
  return new ExactCodec(type, {
    is: whole.is,
    validateAs: (value, context, form) => {
      const result = whole.validateAs(value, context, form);
      return result._tag === 'Left' ? result : t.success(mark(result.right as object));
    },
    encode: whole.encode,
    isIdentity: whole.isIdentity,
    branches: (self) => whole.branches().map((member) => ({ ...member, codec: self })),
  });
}
