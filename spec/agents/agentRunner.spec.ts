import { expect } from 'chai';
import {
  concat,
  from,
  lastValueFrom,
  NEVER,
  type Observable,
  of,
  Subject,
  switchMap,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { type AgentRunnerOptions, agentRunner } from '../../lib/agents/index.ts';
import { setErrorReporter } from '../../lib/error/reportError.ts';
import { memoryLog } from '../../lib/log/memoryLog.ts';
import { freshFolder } from '../log/lmdb/folder.ts';
import { deferred } from '../support/deferred.ts';

interface Event {
  readonly type: string;
  readonly [field: string]: unknown;
}

const at = { threadId: 't' };
const started = (runId: string): Event => ({ type: 'RUN_STARTED', threadId: 't', runId });
const finished = (runId: string): Event => ({ type: 'RUN_FINISHED', threadId: 't', runId });
const open = (messageId: string, ...deltas: readonly string[]): readonly Event[] => [
  { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' },
  ...deltas.map((delta) => ({ type: 'TEXT_MESSAGE_CONTENT', messageId, delta })),
];
const text = (messageId: string, ...deltas: readonly string[]): readonly Event[] => [
  ...open(messageId, ...deltas),
  { type: 'TEXT_MESSAGE_END', messageId },
];
const input = (runId: string, ...ids: readonly string[]) => ({
  runId,
  messages: ids.map((id) => ({ id, role: 'user', content: id })),
});

/** Returns an agent that emits these events, and counts its calls. */
function agentOf(events: Observable<Event>) {
  const agent = {
    runs: 0,
    aborts: 0,
    runAgent: (_input: unknown, { onEvent }: { onEvent(parameters: { readonly event: Event }): void }) => {
      agent.runs++;
      return events.forEach((event) => void onEvent({ event }));
    },
    abortRun: () => {
      agent.aborts++;
    },
  };
  return agent;
}

const all = (events: Observable<Event>) => lastValueFrom(events.pipe(toArray()));
const some = (count: number, events: Observable<Event>) => all(events.pipe(take(count)));
const typesOf = (events: readonly Event[]) => events.map(({ type }) => type);
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error) => String(error),
  );

describe('agentRunner', () => {
  const folder = freshFolder();
  const logs: Readonly<Record<string, AgentRunnerOptions['log']>> = {
    'logs in memory': undefined,
    'logs in a file': (name) => folder.open({ name }),
  };

  for (const [name, log] of Object.entries(logs)) {
    describe(`with ${name}`, () => {
      const options = { ...(log && { log }) };
      /** Returns two runners, which are those of two processes where the logs are shared. */
      const runners = () => {
        const first = agentRunner<Observable<Event>>(options);
        return [first, log === undefined ? first : agentRunner<Observable<Event>>(options)] as const;
      };

      it('emits the events of a run, as they are stored, with its input', async () => {
        const [here, there] = runners();
        const agent = agentOf(from([started('r'), ...text('m', 'Hel', 'lo'), finished('r')]));
        const first = { ...started('r'), input: input('r', 'u') };
        expect(await all(here.run({ ...at, agent, input: input('r', 'u') }))).to.deep.equal([
          first,
          ...text('m', 'Hel', 'lo'),
          finished('r'),
        ]);
        expect(await all(there.connect(at))).to.deep.equal([first, ...text('m', 'Hello'), finished('r')]);
        expect([agent.runs, agent.aborts]).to.deep.equal([1, 0]);
      });

      it('connects to a run from its start, follows it live, and completes with it', async () => {
        const [here, there] = runners();
        const rest = new Subject<Event>();
        const agent = agentOf(concat(from([started('r'), ...open('m', 'a', 'b')]), rest));
        const run = here.run({ ...at, agent, input: input('r') });
        const ran = all(run);
        await some(1, run);
        const received: Event[] = [];
        const live = deferred();
        const connected = all(there.connect(at));
        const late = there.connect(at).forEach((event) => {
          if (received.push(event) === 4) live.resolve();
        });
        await live.promise;
        expect([await here.isRunning(at), await there.isRunning(at)]).to.deep.equal([true, true]);
        for (const event of [...text('m', 'c').slice(1), finished('r')]) rest.next(event);
        rest.complete();
        await late;
        expect(received)
          .to.deep.equal(await ran)
          .and.deep.equal(await connected);
        expect(typesOf(received).filter((type) => type === 'TEXT_MESSAGE_CONTENT')).to.have.length(3);
        expect([await here.isRunning(at), await there.isRunning(at)]).to.deep.equal([false, false]);
        expect(agent.runs).to.equal(1);
      });

      it('continues a run whose reader disconnects', async () => {
        const [here, there] = runners();
        const rest = new Subject<Event>();
        const agent = agentOf(concat(of(started('r')), rest));
        await some(1, here.run({ ...at, agent, input: input('r') }));
        const connected = all(there.connect(at));
        rest.next(finished('r'));
        rest.complete();
        expect(typesOf(await connected)).to.deep.equal(['RUN_STARTED', 'RUN_FINISHED']);
        expect(agent.aborts).to.equal(0);
      });

      it('stores the messages of the input that the thread does not have', async () => {
        const [here, there] = runners();
        const run = (runId: string, ids: readonly string[], answer: string) =>
          all(
            here.run({
              ...at,
              agent: agentOf(from([started(runId), ...text(answer, 'x'), finished(runId)])),
              input: input(runId, ...ids),
            }),
          );
        await run('r1', ['u1'], 'a1');
        await run('r2', ['u1', 'a1', 'u2'], 'a2');
        const inputs = (await all(there.connect(at))).flatMap((event) => ('input' in event ? [event.input] : []));
        expect(inputs).to.deep.equal([input('r1', 'u1'), input('r2', 'u2')]);
      });

      it('refuses a run of a thread that is running, and does not call its agent', async () => {
        const [here, there] = runners();
        const agents = Array.from({ length: 4 }, () => agentOf(concat(of(started('r')), NEVER)));
        const ran = await Promise.all(
          agents.map((agent, index) =>
            failureOf(some(1, (index % 2 ? here : there).run({ ...at, agent, input: input('r') }))),
          ),
        );
        expect(ran.filter((error) => error === 'no error')).to.have.length(1);
        expect(ran.filter((error) => error.includes('already running'))).to.have.length(3);
        expect(agents.reduce((sum, { runs }) => sum + runs, 0)).to.equal(1);
        expect(await there.stop(at)).to.equal(true);
        expect(
          typesOf(await all(here.run({ ...at, agent: agentOf(of(started('s'))), input: input('s') }))),
        ).to.deep.equal(['RUN_STARTED', 'RUN_ERROR']);
      });

      it('stops a run wherever it is: its agent is aborted, and what is open is ended', async () => {
        const [here, there] = runners();
        const call = { toolCallId: 'c' };
        const events = [
          started('r'),
          { type: 'STEP_STARTED', stepName: 's' },
          ...text('m', 'a'),
          { type: 'TOOL_CALL_START', ...call, toolCallName: 'look' },
          ...open('n', 'b'),
        ];
        const agent = agentOf(concat(from(events), NEVER));
        const aborted = deferred();
        Object.assign(agent, { abortRun: () => aborted.resolve() });
        const run = here.run({ ...at, agent, input: input('r') });
        const ran = all(run);
        await some(1, run);
        await some(events.length, there.connect(at));
        expect(await there.stop({ ...at, runId: 'another' })).to.equal(false);
        const connected = all(here.connect(at));
        expect(await there.stop({ ...at, runId: 'r' })).to.equal(true);
        await aborted.promise;
        expect((await ran).slice(events.length)).to.deep.equal([
          { type: 'TEXT_MESSAGE_END', messageId: 'n' },
          { type: 'TOOL_CALL_END', ...call },
          { type: 'STEP_FINISHED', stepName: 's' },
          {
            type: 'TOOL_CALL_RESULT',
            ...call,
            messageId: 'c-result',
            role: 'tool',
            content: '{"status":"stopped"}',
          },
          finished('r'),
        ]);
        expect(await connected)
          .to.deep.equal(await ran)
          .and.deep.equal(await all(there.connect(at)));
        expect([await there.isRunning(at), await there.stop(at)]).to.deep.equal([false, false]);
      });

      it('aborts the agent in the turn of a stop in its own process', async () => {
        const [here] = runners();
        const agent = agentOf(concat(of(started('r')), NEVER));
        await some(1, here.run({ ...at, agent, input: input('r') }));
        expect(await here.stop({ ...at, runId: 'another' })).to.equal(false);
        expect(agent.aborts).to.equal(0);
        const stopping = here.stop({ ...at, runId: 'r' });
        expect(agent.aborts).to.equal(1);
        expect([await stopping, await here.isRunning(at)]).to.deep.equal([true, false]);
      });

      it('stops a run whose agent fails when it is aborted, and reports only that it cannot be aborted', async () => {
        const reported: unknown[] = [];
        setErrorReporter((error) => void reported.push(error));
        const errors: unknown[] = [];
        const runner = agentRunner<Observable<Event>>({ ...options, onError: (error) => `${errors.push(error)}` });
        for (const abort of [
          (rest: Subject<Event>) => rest.error(new Error('aborted')),
          () => {
            throw new Error('no abort');
          },
        ]) {
          const rest = new Subject<Event>();
          const agent = agentOf(concat(of(started('r')), rest));
          Object.assign(agent, { abortRun: () => abort(rest) });
          const run = runner.run({ ...at, agent, input: input('r') });
          const ran = all(run);
          await some(1, run);
          expect(await runner.stop(at)).to.equal(true);
          expect(typesOf(await ran)).to.deep.equal(['RUN_STARTED', 'RUN_FINISHED']);
          expect(await runner.isRunning(at)).to.equal(false);
        }
        setErrorReporter(undefined);
        expect(errors).to.deep.equal([]);
        expect(reported.map(String)).to.deep.equal(['Error: no abort']);
      });

      it('reports an error of onError, whose message is then the default one', async () => {
        const reported: unknown[] = [];
        setErrorReporter((error) => void reported.push(error));
        const onError = () => {
          throw new Error('in onError');
        };
        const runner = agentRunner<Observable<Event>>({ ...options, onError });
        const agent = agentOf(
          concat(
            of(started('r')),
            throwError(() => new Error('secret')),
          ),
        );
        const events = await all(runner.run({ ...at, agent, input: input('r') }));
        setErrorReporter(undefined);
        expect(events.at(-1)).to.include({ type: 'RUN_ERROR', message: 'An error occurred.' });
        expect(reported.map(String)).to.deep.equal(['Error: in onError', 'Error: secret']);
      });

      it('ends a run with RUN_ERROR where the agent fails or does not end it, and not twice', async () => {
        const errors: unknown[] = [];
        const onError = (error: unknown) => {
          errors.push(error);
          return 'out of order';
        };
        const runner = agentRunner<Observable<Event>>({ ...options, onError });
        const run = async (events: Observable<Event>) =>
          (await all(runner.run({ ...at, agent: agentOf(events), input: input('r') }))).slice(1);
        const failing = throwError(() => new Error('secret'));
        const error = (message: string) => ({ type: 'RUN_ERROR', message, code: 'INCOMPLETE_STREAM' });
        expect(await run(concat(of(started('r')), failing))).to.deep.equal([error('out of order')]);
        expect(await run(of(started('r')))).to.deep.equal([error('The agent did not end its run.')]);
        const own = { type: 'RUN_ERROR', message: 'own' };
        expect(await run(concat(of(started('r'), own), failing))).to.deep.equal([own]);
        expect(errors.map(String)).to.deep.equal(['Error: secret']);
        expect(await all(runner.connect(at))).to.have.length(6);
      });

      it('has no events of a thread without runs', async () => {
        const [here] = runners();
        expect(await all(here.connect({ threadId: 'none' }))).to.deep.equal([]);
        expect([await here.isRunning(at), await here.stop(at)]).to.deep.equal([false, false]);
      });
    });
  }

  it('ends a run with RUN_ERROR for a reader for whom the log has no longer its start', async () => {
    const runner = agentRunner<Observable<Event>>({
      log: (name) => memoryLog({ maxEntries: name.startsWith('runs/') ? 4 : 1000 }),
    });
    const many = Array.from({ length: 50 }, () => 'x');
    const agent = agentOf(from([started('r'), ...text('m', ...many), finished('r')]));
    await all(runner.run({ ...at, agent, input: input('r') }));
    expect(typesOf(await all(runner.connect(at)))).to.deep.equal(['RUN_ERROR']);
  });

  it('connects in memory to a run that is listed and has not started yet', async () => {
    const [listed, checked] = [deferred(), deferred()];
    const runner = agentRunner<Observable<Event>>({
      log: (name) => {
        const log = memoryLog();
        if (!name.startsWith('threads/')) return log;
        const stored = log.read;
        const read: typeof log.read = (...args) => {
          const page = Reflect.apply(stored, log, args);
          // The run that is listed is read once more, alone.
          if (args[1] !== 1) return page;
          listed.resolve();
          return from(checked.promise).pipe(switchMap(() => page));
        };
        return Object.assign(log, { read });
      },
    });
    const agent = agentOf(from([started('r'), finished('r')]));
    const ran = all(runner.run({ ...at, agent, input: input('r') }));
    await listed.promise;
    const connected = all(runner.connect(at));
    const isRunning = await runner.isRunning(at);
    checked.resolve();
    expect(await connected).to.deep.equal(await ran);
    expect(isRunning).to.equal(true);
  });

  it('releases the log of a run that cannot be listed', async () => {
    const unclaimed: string[] = [];
    const runner = agentRunner<Observable<Event>>({
      log: (name) => {
        const log = folder.open({ name: `unlisted/${name}` });
        if (name.startsWith('threads/')) {
          return Object.assign(log, { append: () => throwError(() => new Error('disk full')) });
        }
        const close = () => {
          unclaimed.push(name);
          Reflect.apply(Object.getPrototypeOf(log).close, log, []);
        };
        return Object.assign(log, { close });
      },
    });
    const agent = agentOf(concat(of(started('r')), NEVER));
    expect(await failureOf(all(runner.run({ ...at, agent, input: input('r') })))).to.equal('Error: disk full');
    expect(unclaimed).to.have.length(1);
    expect(agent.runs).to.equal(0);
  });

  it('ends a run with RUN_ERROR, and aborts its agent, where an event cannot be stored', async () => {
    const reported: unknown[] = [];
    setErrorReporter((error) => void reported.push(error));
    let appends = 0;
    const runner = agentRunner<Observable<Event>>({
      log: (name) => {
        const log = memoryLog();
        if (!name.startsWith('runs/')) return log;
        const stored = log.append;
        const append: typeof log.append = (...args) =>
          appends++ < 4 ? Reflect.apply(stored, log, args) : throwError(() => new Error('disk full'));
        return Object.assign(log, { append });
      },
    });
    const agent = agentOf(concat(from([started('r'), ...open('m', 'a', 'b')]), NEVER));
    const types = typesOf(await all(runner.run({ ...at, agent, input: input('r') })));
    expect(types.slice(-2)).to.deep.equal(['TEXT_MESSAGE_END', 'RUN_ERROR']);
    expect(agent.aborts).to.equal(1);
    expect(reported.map(String)).to.deep.equal(['Error: disk full']);
    setErrorReporter(undefined);
  });

  it('refuses wrong options at once', () => {
    expect(() => agentRunner({ logs: () => memoryLog() } as object)).to.throw(TypeError, 'did you mean log?');
    expect(() => agentRunner({ onError: 'x' } as object)).to.throw(
      TypeError,
      'agentRunner: onError must be a function',
    );
  });
});
