import { expect } from 'chai';
import { marbles } from '../../../lib/testing/marbles.ts';
import { diagramOf } from '../../support/docDiagram.ts';
import { leavesNothing } from './leaving.ts';
import { holdsFew } from './memory.ts';
import { keepsPositions } from './positions.ts';
import { type Answer, type Question, questions, type Subject } from './Subject.ts';
import { gives, leaves, startsFresh, waits } from './streams.ts';
import { bearsReentry, failsWith, stopsInTurn } from './turns.ts';

/** The answer of an operator to each question, its own where it has one. */
export function answersOf(name: string, subject: Subject): ReadonlyMap<Question, Answer> {
  const { over, callbacks, bad, own = {} } = subject;
  const general: Readonly<Record<Question, Answer>> = {
    values: gives(over, '-a-b-c--|', subject.values),
    never: waits(over, subject.never ?? { marbles: '-' }),
    empty: gives(over, '--|', subject.empty ?? { marbles: '--|' }),
    error: gives(over, '--#', subject.error ?? { marbles: '--#' }),
    'early unsubscribe': leaves(over),
    'synchronous source': stopsInTurn(subject),
    're-entrant emission': bearsReentry(subject),
    'second subscriber': startsFresh(subject),
    'callbacks that throw': callbacks === undefined ? { because: 'it has none' } : all(callbacks, failsWith),
    'bad options': bad === undefined ? { because: 'it has none' } : all(bad, refused),
    'bounded memory': () => holdsFew(subject.busy ?? over),
    'nothing left behind': leavesNothing(subject),
    positions: subject.entries === undefined ? { because: 'it does not run inside entries' } : keepsPositions(subject),
    diagram: plays(name, subject),
  };
  return new Map(questions.map((question) => [question, own[question] ?? general[question]]));
}

function all<T>(cases: Readonly<Record<string, T>>, check: (one: T) => () => void): () => void {
  return () => {
    for (const [name, one] of Object.entries(cases)) {
      try {
        check(one)();
      } catch (error) {
        throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error });
      }
    }
  };
}

function refused([call, mistake, message]: readonly [() => unknown, typeof TypeError | typeof RangeError, RegExp]) {
  return () => expect(call).to.throw(mistake, message);
}

function plays(name: string, { diagram: played }: Subject): () => void | Promise<void> {
  return async () => {
    const diagram = diagramOf(`lib/operator/${name}.ts`);
    if ('playAsync' in played) await played.playAsync(diagram);
    else marbles((helpers) => played.play(diagram, helpers), played.options)();
    expect(diagram.unread, 'rows that were not played').to.deep.equal([]);
  };
}
