import fc from 'fast-check';
import { asyncScheduler } from 'rxjs';
import { type MarbleHelpers, marbles } from '../../../lib/testing/marbles.ts';
import { type History, histories, readers, type Step } from './history.ts';
import { Visitor } from './Visitor.ts';
import { same, type View } from './Witness.ts';
import { type Logs, type Mount, World } from './World.ts';

/** What is played: how a feed is served, what its readers get of it, and where it keeps it. */
export interface Play {
  readonly mount: Mount;
  readonly view: View;
  readonly logs: (entries: number) => Logs;
}

/** Longer than the heartbeat, which tells how far a reader came for whom nothing passed. */
const patience = 200;

/** Plays random histories; fails at the first that is not as it should be, with its seed. */
export function playHistories(play: Play, numRuns: number): void {
  fc.assert(
    fc.property(histories, (history) => {
      let failure: unknown;
      const test = (helpers: MarbleHelpers) => {
        schedule(history, play, helpers, (error) => {
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
  { mount, view, logs }: Play,
  { reader }: MarbleHelpers,
  failed: (error: unknown) => void,
): void {
  const world = new World(reader, mount, gapPolicy, () => logs(entries));
  const visitors = Array.from({ length: readers }, () => new Visitor(world, view));
  const works: (readonly [wait: number, work: () => void])[] = [
    ...steps.map((step) => [step.wait, () => take(step, world, visitors)] as const),
    [
      1,
      () => {
        for (const visitor of visitors) {
          visitor.take(Infinity);
          visitor.connect('live');
        }
      },
    ],
    ...Array.from({ length: patience / 10 }, () => [10, () => answer(world, 100)] as const),
    [
      1,
      () => {
        for (const visitor of visitors) {
          visitor.leave(0);
          visitor.isComplete();
        }
        world.close();
      },
    ],
    [1, () => same('listeners that are left', world.listeners, 0)],
  ];
  inTurn(works.values(), failed);
}

/** Each when the one before is done and some time has passed. */
function inTurn(works: Iterator<readonly [wait: number, work: () => void]>, failed: (error: unknown) => void): void {
  const { value } = works.next();
  if (value === undefined) return;
  const [wait, work] = value;
  asyncScheduler.schedule(() => {
    try {
      work();
    } catch (error) {
      failed(error);
    }
    inTurn(works, failed);
  }, wait);
}

function take(step: Step, world: World, visitors: readonly Visitor[]): void {
  const visitor = 'who' in step ? visitors[step.who] : undefined;
  switch (step.does) {
    case 'publish':
      return world.publish(step.sizes);
    case 'connect':
      return visitor?.connect(step.from);
    case 'connect with': {
      const { published } = world.story;
      const known = published[step.nth % Math.max(1, published.length)];
      return visitor?.connectWith(step.cursor === 'published' && known !== undefined ? known : 'garbage');
    }
    case 'take':
      return visitor?.take(step.bytes);
    case 'leave':
      return visitor?.leave(step.lost);
    case 'answer':
      return answer(world, step.count);
    case 'restart':
      return world.restart();
    case 'end':
      return world.end();
  }
}

function answer(world: World, count: number): void {
  for (let taken = 0; taken < count; taken++) if (world.step() === undefined) return;
}
