import {
  concat,
  concatMap,
  defer,
  firstValueFrom,
  from,
  identity,
  map,
  noop,
  type Observable,
  switchMap,
  toArray,
} from 'rxjs';
import { checkOptions } from '../data/checkOptions.ts';
import { reportError } from '../error/reportError.ts';
import { type AgUiAgent, type AgUiInput, agentEvents } from './agentEvents.ts';
import { type AgUiEvent, endRunEvents, joinDeltas, messageIdsIn } from './agUiRun.ts';
import type { LogByName } from './NamedLogs.ts';
import { alreadyRunning, type ThreadRun, ThreadRuns } from './ThreadRuns.ts';

/** Where runs are stored, and what their readers get for an error. @category agents */
export interface AgentRunnerOptions {
  /**
   * Opens the log of a run, and that of a thread, which lists its runs. With an `lmdbLog`, a `redisLog` or a `postgresLog`
   * any process reads and stops a run.
   *
   * @default memory, 1 MiB for each of the newest 1000 runs and threads
   */
  readonly log?: LogByName;
  /**
   * Returns the message that readers get where the agent fails.
   *
   * @default the error is reported, and the message is 'An error occurred.'
   */
  readonly onError?: (error: unknown) => string;
}

/**
 * The `AgentRunner` of CopilotKit. `Events` is its type of an Observable of events, which belongs to its own copy of RxJS.
 *
 * @category agents
 */
export interface ThreadRunner<Events = Observable<AgUiEvent>> {
  /** Starts a run of an agent, at once, and emits its events. */
  run(request: { readonly threadId: string; readonly agent: AgUiAgent; readonly input: AgUiInput }): Events;
  /** Emits the events of all runs of a thread, and those of the active one until it ends. */
  connect(request: { readonly threadId: string }): Events;
  /** Returns whether a run of the thread is active, in whichever process. */
  isRunning(request: { readonly threadId: string }): Promise<boolean>;
  /** Stops the active run, in whichever process, and returns whether there was one. */
  stop(request: { readonly threadId: string; readonly runId?: string }): Promise<boolean>;
}

/**
 * Makes any log the `AgentRunner` of CopilotKit, for several processes: each of them connects to a run that another one
 * produces, follows it live, and stops it. The agent is called once.
 *
 * A reader gets what is stored. One that disconnects does not stop the run. The run ends for all readers when it is
 * stopped, as finished, and with `RUN_ERROR` when its process has ended: messages and calls that are open then are ended, and
 * a call without a result gets one, so that the thread can continue. A second run of a thread that is running is an error.
 * `connect` joins the pieces of each text of the runs that have ended.
 *
 * @example Runs in a file
 * import { type AgentRunner, CopilotRuntime } from '@copilotkit/runtime/v2';
 *
 * declare const agent: object; // an agent of AG-UI
 * const runner: AgentRunner = agentRunner({ log: (name) => lmdbLog({ path: './data', name }) });
 * const runtime = new CopilotRuntime({ agents: { default: agent }, runner });
 *
 * @throws TypeError at once, for an option of a wrong type or name.
 * @category agents
 */
export function agentRunner<Events = Observable<AgUiEvent>>(options: AgentRunnerOptions = {}): ThreadRunner<Events> {
  checkOptions('agentRunner', options, { log: 'function', onError: 'function' });
  const { onError = reportAgent } = options;
  const messageOf = (error: unknown): string => {
    try {
      return onError(error);
    } catch (thrown) {
      reportAgent(thrown);
      return reportAgent(error);
    }
  };
  const threads = new ThreadRuns(options.log);

  const eventsOf = (run: ThreadRun): Observable<AgUiEvent> =>
    threads.follow(run).pipe(
      map(({ data }): AgUiEvent => JSON.parse(data)),
      endRunEvents(),
    );
  const replay = (runs: readonly ThreadRun[]): Observable<AgUiEvent> =>
    concat(...runs.map((run) => eventsOf(run).pipe(toArray(), concatMap(joinDeltas))));
  const activeRun = async (threadId: string): Promise<ThreadRun | undefined> => {
    const run = (await threads.list(threadId)).runs.at(-1);
    return run !== undefined && (await threads.isActive(run)) ? run : undefined;
  };
  const start = async (threadId: string, agent: AgUiAgent, input: AgUiInput): Promise<ThreadRun> => {
    const { runs, tail } = await threads.list(threadId);
    const last = runs.at(-1);
    if (last !== undefined && (await threads.isActive(last))) throw alreadyRunning();
    const known = messageIdsIn(await firstValueFrom(replay(runs).pipe(toArray())));
    return threads.start(threadId, input.runId, tail, agentEvents(agent, input, known, messageOf));
  };

  const runner: ThreadRunner = {
    run: ({ threadId, agent, input }) => {
      const started = start(threadId, agent, input);
      // A run is started whether or not there is a subscriber.
      started.catch(noop);
      return from(started).pipe(switchMap(eventsOf));
    },
    connect: ({ threadId }) =>
      defer(() => threads.list(threadId)).pipe(
        concatMap(async ({ runs }) => {
          const last = runs.at(-1);
          const isActive = last !== undefined && (await threads.isActive(last));
          return isActive ? concat(replay(runs.slice(0, -1)), eventsOf(last)) : replay(runs);
        }),
        concatMap(identity),
      ),
    isRunning: async ({ threadId }) => (await activeRun(threadId)) !== undefined,
    stop: async ({ threadId, runId }) => {
      const run = threads.stopHere(threadId, runId) ?? (await activeRun(threadId));
      if (run === undefined || (runId !== undefined && run.runId !== runId)) return false;
      await threads.stop(run);
      return true;
    },
  };
  return runner as ThreadRunner<never> as ThreadRunner<Events>;
}

function reportAgent(error: unknown): string {
  reportError('an agent of agentRunner', error);
  return 'An error occurred.';
}
