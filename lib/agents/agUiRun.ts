import { catchError, concat, defer, from, type OperatorFunction, tap } from 'rxjs';

/** An event of AG-UI; its other fields depend on its type. @category agents */
export interface AgUiEvent {
  readonly type: string;
}

/** A message with its id, as events contain it. */
interface AgUiMessage {
  readonly id: string;
}

/** The fields of events that are read here. */
interface AgUiFields extends AgUiEvent {
  readonly messageId?: string;
  readonly toolCallId?: string;
  readonly delta?: unknown;
  readonly messages?: readonly AgUiMessage[];
  readonly input?: { readonly messages?: readonly AgUiMessage[] };
}

/** The fields that name what an event starts or ends. */
const idFields = ['threadId', 'runId', 'messageId', 'toolCallId', 'stepName', 'subagentRunId'];

const interruption = 'The run was interrupted. Please try again.';

/** The type of an event that starts or ends something: `TEXT_MESSAGE_START`, `RUN_STARTED`. */
const edge = /^(.+)_(START(?:ED)?|END|FINISHED|ERROR)$/;

/**
 * Emits the events of a run, and ends what is open where they end before the run does: messages and calls, and the run, as
 * finished where the events complete, since the run was stopped then, and with `RUN_ERROR` where they error.
 */
export function endRunEvents<E extends AgUiEvent>(): OperatorFunction<E, E> {
  return (events) =>
    defer(() => {
      const open = new Map<string, AgUiEvent>();
      const callsWithoutResult = new Set<string>();
      const observe = (event: AgUiFields): void => {
        const [, what = '', kind = ''] = edge.exec(event.type) ?? [];
        const ids = Object.fromEntries(Object.entries(event).filter(([field]) => idFields.includes(field)));
        const { messageId, toolCallId, stepName, subagentRunId } = ids;
        const key = what === 'RUN' ? what : `${what} ${messageId ?? toolCallId ?? stepName ?? subagentRunId}`;
        if (kind.startsWith('START')) {
          open.set(key, { type: `${what}_${kind === 'START' ? 'END' : 'FINISHED'}`, ...ids });
        } else if (what === 'RUN') open.clear();
        else if (kind !== '') open.delete(key);
        if (event.type === 'TOOL_CALL_START') callsWithoutResult.add(toolCallId as string);
        if (event.type === 'TOOL_CALL_RESULT') callsWithoutResult.delete(toolCallId as string);
      };
      const rest = (status: 'stopped' | 'error'): readonly AgUiEvent[] => {
        if (open.size === 0) return [];
        const [runEnd, ...ends] = open.values();
        const results = [...callsWithoutResult].map((toolCallId) => ({
          type: 'TOOL_CALL_RESULT',
          toolCallId,
          messageId: `${toolCallId}-result`,
          role: 'tool',
          content: JSON.stringify({ status }),
        }));
        return [...ends.reverse(), ...results, status === 'stopped' ? (runEnd as AgUiEvent) : runError(interruption)];
      };
      let isStarted = false;
      const all = events.pipe(
        tap((event) => {
          isStarted = true;
          observe(event);
        }),
      );
      return concat(
        all,
        defer(() => rest('stopped') as E[]),
      ).pipe(catchError(() => from((isStarted ? rest('error') : [runError(interruption)]) as E[])));
    });
}

/** Returns the event for a run that could not be completed. */
export function runError(message: string): AgUiEvent {
  return { type: 'RUN_ERROR', message, code: 'INCOMPLETE_STREAM' } as AgUiEvent;
}

/** Joins the pieces of each text and of the arguments of each call that follow each other. */
export function joinDeltas<E extends AgUiEvent>(events: readonly E[]): readonly E[] {
  const joined: E[] = [];
  for (const event of events) {
    const { type, messageId, toolCallId, delta }: AgUiFields = event;
    const last = joined.at(-1) as AgUiFields | undefined;
    const isNext =
      typeof delta === 'string' &&
      last?.type === type &&
      last.messageId === messageId &&
      last.toolCallId === toolCallId &&
      typeof last.delta === 'string';
    if (isNext) joined[joined.length - 1] = { ...event, delta: last.delta + delta };
    else joined.push(event);
  }
  return joined;
}

/** Returns the ids of all messages in events. */
export function messageIdsIn(events: readonly AgUiEvent[]): ReadonlySet<string> {
  return new Set(
    events.flatMap(({ messageId, messages = [], input }: AgUiFields) => [
      ...(messageId === undefined ? [] : [messageId]),
      ...[...messages, ...(input?.messages ?? [])].map(({ id }) => id),
    ]),
  );
}
