import * as t from 'io-ts';
import { type EventOf, events, Int } from 'rxsse';

/** Why an answer is complete: the model was done, reached its limit, requests a tool, or was filtered. */
const Reason = t.keyof({ stop: null, length: null, tool_call: null, filtered: null });

/** The events of one answer, of any model; a browser's bundle can share this file. */
export const Chat = events({
  Question: { text: t.string },
  Token: { text: t.string },
  ToolCall: { id: t.string, name: t.string, arguments: t.string },
  Usage: { input: Int, output: Int },
  Done: { reason: Reason },
  Failed: { message: t.string },
});

export type ChatEvent = EventOf<typeof Chat>;
