import { expect } from 'chai';
import { marbles } from '../../../lib/testing/marbles.ts';
import { diagramOf } from '../../support/docDiagram.ts';
import { leavesNothingBehind } from './leaving.ts';
import { holdsBoundedMemory } from './memory.ts';
import { keepsPositions } from './positions.ts';
import { type Case, type Check, cases, type Subject } from './Subject.ts';
import { emits, isolatesSubscribers, staysSilent, unsubscribesEarly } from './streams.ts';
import { errorsWithThrown, keepsOrderWhenReentered, stopsSynchronousSource } from './turns.ts';

/** Returns the check of each case, the operator's own where it has one. */
export function checksOf(name: string, subject: Subject): ReadonlyMap<Case, Check> {
  const { over, callbacks, bad, own = {} } = subject;
  const general: Readonly<Record<Case, Check>> = {
    values: emits(over, '-a-b-c--|', subject.values),
    never: staysSilent(over, subject.never ?? { marbles: '-' }),
    empty: emits(over, '--|', subject.empty ?? { marbles: '--|' }),
    error: emits(over, '--#', subject.error ?? { marbles: '--#' }),
    'early unsubscribe': unsubscribesEarly(over),
    'synchronous source': stopsSynchronousSource(subject),
    're-entrant emission': keepsOrderWhenReentered(subject),
    'second subscriber': isolatesSubscribers(subject),
    'callbacks that throw': callbacks === undefined ? { because: 'it has none' } : all(callbacks, errorsWithThrown),
    'bad options': bad === undefined ? { because: 'it has none' } : all(bad, throws),
    'bounded memory': () => holdsBoundedMemory(subject.busy ?? over),
    'nothing left behind': leavesNothingBehind(subject),
    positions: subject.entries === undefined ? { because: 'it does not run inside entries' } : keepsPositions(subject),
    diagram: playsDiagram(name, subject),
  };
  return new Map(cases.map((name) => [name, own[name] ?? general[name]]));
}

function all<T>(table: Readonly<Record<string, T>>, check: (row: T) => () => void): () => void {
  return () => {
    for (const [name, row] of Object.entries(table)) {
      try {
        check(row)();
      } catch (error) {
        throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
      }
    }
  };
}

function throws([call, error, message]: readonly [() => unknown, typeof TypeError | typeof RangeError, RegExp]) {
  return () => expect(call).to.throw(error, message);
}

function playsDiagram(name: string, { diagram: player }: Subject): () => void | Promise<void> {
  return async () => {
    const diagram = diagramOf(`lib/operator/${name}.ts`);
    if ('playAsync' in player) await player.playAsync(diagram);
    else marbles((helpers) => player.play(diagram, helpers), player.options)();
    expect(diagram.unread, 'rows that were not played').to.deep.equal([]);
  };
}
