import { Observable } from 'rxjs';
import { callHook } from '../data/callUser.ts';
import { type AgUiEvent, runError } from './agUiRun.ts';

/** The input of a run: its id, and the messages of the thread. @category agents */
export interface AgUiInput {
  readonly runId: string;
  readonly messages?: readonly { readonly id: string }[];
}

/** The part of an agent of AG-UI that runs it. @category agents */
export interface AgUiAgent {
  runAgent(input: never, subscriber: { onEvent(parameters: { readonly event: AgUiEvent }): void }): Promise<unknown>;
  abortRun(): void;
}

/**
 * Runs an agent, and emits its events as JSON. An agent that fails, or completes before it has ended its run, is the event
 * `RUN_ERROR`. Unsubscribing aborts it.
 *
 * `RUN_STARTED` gets the input, without the messages that are in `known`: connecting to the thread shows them as well.
 */
export function agentEvents(
  agent: AgUiAgent,
  input: AgUiInput,
  known: ReadonlySet<string>,
  onError: (error: unknown) => string,
): Observable<string> {
  return new Observable((subscriber) => {
    let isOver = false;
    let hasEnded = false;
    const next = (event: AgUiEvent): void => subscriber.next(JSON.stringify(event));
    const onEvent = ({ event }: { readonly event: AgUiEvent & { readonly input?: unknown } }): void => {
      hasEnded = event.type === 'RUN_FINISHED' || event.type === 'RUN_ERROR';
      if (event.type !== 'RUN_STARTED' || event.input !== undefined) return next(event);
      const messages = input.messages?.filter(({ id }) => !known.has(id));
      next({ ...event, input: { ...input, ...(messages && { messages }) } } as AgUiEvent);
    };
    const onEnd = (messageOf: () => string): void => {
      isOver = true;
      // An agent that was aborted may fail, which is no error of the run.
      if (subscriber.closed) return;
      if (!hasEnded) next(runError(messageOf()));
      subscriber.complete();
    };
    const run = async () => agent.runAgent(input as never, { onEvent });
    run().then(
      () => onEnd(() => 'The agent did not end its run.'),
      (error: unknown) => onEnd(() => onError(error)),
    );
    subscriber.add(() => {
      if (!isOver)
        callHook(
          () => 'abortRun of an agent',
          () => agent.abortRun(),
        );
    });
  });
}
