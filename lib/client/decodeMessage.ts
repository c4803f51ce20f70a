import { describeFailure } from '../codec/describeFailure.ts';
import { DecodeError } from '../error/DecodeError.ts';
import type { TypedEvent } from '../event/EventDefinition.ts';
import { type Contract, definitionNamed, namesOf } from '../event/events.ts';
import type { Gap } from '../event/Gap.ts';
import { shorten } from '../event/shorten.ts';
import { stamp } from '../event/stamp.ts';
import type { BadEventPolicy, DecodingOptions, RawEvent } from './FromSseOptions.ts';

/**
 * Decodes an event by its name. `undefined` where it is dropped.
 *
 * @throws DecodeError where the policy is `error`.
 */
export function decode(
  contract: Contract,
  { unknownEvents, invalidEvents, onError }: DecodingOptions,
  event: string,
  text: string,
): TypedEvent | RawEvent | undefined {
  const unfit = (policy: BadEventPolicy | undefined, ...issues: readonly string[]): RawEvent | undefined => {
    const error = new DecodeError(text, issues);
    if (policy === 'error') throw error;
    if (policy === 'raw') return { type: 'rxsse.raw', data: { event, text, error } };
    onError?.(error);
    return undefined;
  };

  const definition = definitionNamed(contract, event);
  if (definition === undefined) {
    const names = shorten(namesOf(contract).join(', '), 80);
    return unfit(unknownEvents, `type: expected one of ${names}, got another name`);
  }
  const at = `${event}.data`;
  const value = parsed(text);
  if (value === undefined) return unfit(invalidEvents, `${at}: expected JSON, got other text`);
  const decoded = definition.payload.decode(value);
  if (decoded._tag === 'Left') return unfit(invalidEvents, ...describeFailure(decoded.left, at));
  return stamp({ type: event, data: decoded.right }, definition);
}

/**
 * What a server says of what is missing. Never dropped: who cannot read it cannot know what it has.
 *
 * @throws DecodeError when it is none.
 */
export function gapOf(text: string): Gap {
  const data = parsed(text) as Partial<Gap['data']> | null | undefined;
  const { reason, requested, resumedFrom } = data ?? {};
  if (isText(reason) && isText(resumedFrom) && (requested === null || isText(requested))) {
    return { type: 'rxsse.gap', data: data as Gap['data'] };
  }
  throw new DecodeError(text, [`rxsse.gap.data: expected what is missing, got other data`]);
}

/** Whether the end of a stream was a failure. */
export function isFailedEnd(text: string): boolean {
  return (parsed(text) as { readonly reason?: unknown } | null | undefined)?.reason === 'failed';
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
