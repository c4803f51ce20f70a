import * as t from 'io-ts';
import { type EventOf, events, Int, NonEmptyString } from 'rxsse';

/**
 * Why an answer has ended: the model was done, reached its limit, requests a tool, was filtered, or a person stopped
 * it.
 */
const Reason = t.keyof({ stop: null, length: null, tool_call: null, filtered: null, stopped: null });

const run = t.string;

/** The events of one conversation, for any model; a browser's bundle can share this file. */
export const Chat = events({
  Asked: { run, text: NonEmptyString },
  Token: { run, text: t.string },
  ToolCall: { run, id: t.string, name: t.string, arguments: t.string },
  Usage: { run, input: Int, output: Int },
  Done: { run, reason: Reason },
  RunFailed: { run, message: t.string },
});

export type ChatEvent = EventOf<typeof Chat>;
