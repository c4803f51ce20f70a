import fc from 'fast-check';
import { asyncScheduler } from 'rxjs';
import { type MarbleHelpers, marbles } from '../../../lib/testing/marbles.ts';
import { type History, histories, readers, type Step } from './history.ts';
import { LogicalReader } from './LogicalReader.ts';
import { checkEqual, type View } from './ReaderModel.ts';
import { type Logs, type Mount, RestartableFeed } from './RestartableFeed.ts';

/** How a feed is served, what its readers receive, and its log. */
export interface Scenario {
  readonly mount: Mount;
  readonly view: View;
  readonly logs: (entries: number) => Logs;
}

/** Longer than the heartbeat, in milliseconds: then a reader whose filter passes no event has its position. */
const settleTime = 200;

/** Runs random histories; throws at the first failure, with its seed. */
export function runHistories(scenario: Scenario, numRuns: number): void {
  fc.assert(
    fc.property(histories, (history) => {
      let failure: unknown;
      const test = (helpers: MarbleHelpers) => {
        schedule(history, scenario, helpers, (error) => {
          failure ??= error;
        });
      };
      try {
        marbles(test)();
      } catch (error) {
        failure ??= error;
      }
      if (failure !== undefined) throw failure;
    }),
    { numRuns },
  );
}

function schedule(
  { entries, gapPolicy, steps }: History,
  { mount, view, logs }: Scenario,
  { reader }: MarbleHelpers,
  failed: (error: unknown) => void,
): void {
  const server = new RestartableFeed(reader, mount, gapPolicy, () => logs(entries));
  const logicalReaders = Array.from({ length: readers }, () => new LogicalReader(server, view));
  const works: (readonly [wait: number, work: () => void])[] = [
    ...steps.map((step) => [step.wait, () => runStep(step, server, logicalReaders)] as const),
    [
      1,
      () => {
        for (const logicalReader of logicalReaders) {
          logicalReader.accept(Infinity);
          logicalReader.connect('live');
        }
      },
    ],
    ...Array.from({ length: settleTime / 10 }, () => [10, () => advance(server, 100)] as const),
    [
      1,
      () => {
        for (const logicalReader of logicalReaders) {
          logicalReader.disconnect(0);
          logicalReader.checkComplete();
        }
        server.close();
      },
    ],
    [1, () => checkEqual('the number of listeners at the end', server.listeners, 0)],
  ];
  runInSequence(works.values(), failed);
}

/** Runs each work some time after the previous one. */
function runInSequence(
  works: Iterator<readonly [wait: number, work: () => void]>,
  failed: (error: unknown) => void,
): void {
  const { value } = works.next();
  if (value === undefined) return;
  const [wait, work] = value;
  asyncScheduler.schedule(() => {
    try {
      work();
    } catch (error) {
      failed(error);
    }
    runInSequence(works, failed);
  }, wait);
}

function runStep(step: Step, server: RestartableFeed, logicalReaders: readonly LogicalReader[]): void {
  const logicalReader = 'reader' in step ? logicalReaders[step.reader] : undefined;
  switch (step.does) {
    case 'publish':
      return server.publish(step.sizes);
    case 'connect':
      return logicalReader?.connect(step.from);
    case 'connect with': {
      const { published } = server.current;
      const known = published[step.nth % Math.max(1, published.length)];
      return logicalReader?.connectWith(step.cursor === 'published' && known !== undefined ? known : 'garbage');
    }
    case 'accept':
      return logicalReader?.accept(step.bytes);
    case 'disconnect':
      return logicalReader?.disconnect(step.lost);
    case 'advance':
      return advance(server, step.count);
    case 'restart':
      return server.restart();
    case 'end':
      return server.end();
  }
}

function advance(server: RestartableFeed, count: number): void {
  for (let steps = 0; steps < count; steps++) if (server.step() === undefined) return;
}
