import type { TypedEvent } from '../event/EventDefinition.ts';
import { CheckedEvent } from '../event/encodeEvent.ts';
import { definitionOf } from '../event/stamp.ts';
import { type Frame, isFrame } from '../wire/Frame.ts';
import { jsonText } from '../wire/jsonText.ts';

/** A frame as `expectFrames` compares and shows it. */
type ShownFrame =
  | { readonly comment: string }
  | { readonly retry: number }
  | {
      readonly id?: string;
      readonly event?: string;
      readonly retry?: number;
      /** The data, where it is JSON. */
      readonly data?: unknown;
      /** The data, where it is not. */
      readonly text?: string;
    };

/** Converts a received frame. An id is shown only when it is compared. */
export function shownFrame(frame: Frame, withId: boolean): ShownFrame {
  switch (frame._tag) {
    case 'Comment':
      return { comment: frame.text };
    case 'Retry':
      return { retry: frame.ms };
    case 'Message': {
      const { id, event, retry, data } = frame;
      return {
        ...(withId && id !== undefined && { id }),
        ...(event !== undefined && { event }),
        ...(retry !== undefined && { retry }),
        ...content(data),
      };
    }
  }
}

/**
 * Converts the expected value of a test: a typed event, a frame, or JSON without a name; a plain `{ type, data }` is
 * the event of that name, unless the received frame has no name, since a route without a contract sends it whole.
 */
export function shownValue(value: unknown, where: string, actual: Frame | undefined): ShownFrame {
  const definition = definitionOf(value);
  if (definition !== undefined) {
    return { event: definition.type, ...content(new CheckedEvent(definition, value as TypedEvent).data) };
  }
  if (isFrame(value)) return shownFrame(value, true);
  const isNameless = actual?._tag === 'Message' && actual.event === undefined;
  if (looksLikeEvent(value) && !isNameless) return { event: value.type, ...content(jsonText(where, value.data)) };
  return content(jsonText(where, value));
}

function looksLikeEvent(value: unknown): value is { readonly type: string; readonly data: unknown } {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return false;
  return 'type' in value && typeof value.type === 'string' && 'data' in value;
}

function content(text: string): { readonly data: unknown } | { readonly text: string } {
  try {
    return { data: JSON.parse(text) };
  } catch {
    return { text };
  }
}
