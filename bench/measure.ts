import { type EntryResult, spreadOf } from './report/Results.ts';
import type { Budget, Entry, Measured, Row, ServedEntry } from './rows/Row.ts';
import type { Scenario } from './Scenario.ts';
import { Session, type SessionOptions } from './Session.ts';
import { type LogName, missingProgram, withStorage } from './storage.ts';

/** The longest time that one run may take, in ms. */
const runTimeout = { quick: 15_000, whole: 180_000 };

export interface Plan extends Budget, SessionOptions {
  readonly rounds: number;
  readonly includes: (entry: Entry) => boolean;
  readonly log: (line: string) => void;
}

/** All rounds of one entry. */
export interface EntryRounds {
  readonly entry: Entry;
  readonly measured: readonly Measured[];
  /** Why figures or rounds are missing. */
  readonly failed: string | undefined;
  /** Whether that is because a program is not installed. */
  readonly leftOut: boolean;
}

/** Measures a row; returns the spread of each figure over its rounds. */
export async function measureRow(row: Row, plan: Plan): Promise<readonly EntryResult[]> {
  const rounds = await measureRounds(row, plan);
  return rounds.map(resultOf);
}

/** Measures all rounds of a row, all entries one after the other in each, so that disturbances affect all alike. */
export async function measureRounds(row: Row, plan: Plan): Promise<readonly EntryRounds[]> {
  const entries = row.entries.filter(plan.includes);
  const measured = new Map<Entry, Measured[]>(entries.map((entry) => [entry, []]));
  const failures = new Map<Entry, string>();
  const leftOut = new Set(entries.filter((entry) => missingProgram(logOf(entry)) !== undefined));
  for (const entry of leftOut) failures.set(entry, `left out: ${missingProgram(logOf(entry))} is not installed`);
  for (let round = 0; round < Math.min(plan.rounds, row.rounds ?? Infinity); round++) {
    // Every other round runs backwards, so that no entry always follows the same one.
    for (const entry of round % 2 === 0 ? entries : entries.toReversed()) {
      // An entry that failed once is not run again.
      if (failures.has(entry)) continue;
      plan.log(`${row.name}, round ${round + 1}: ${entry.label}`);
      try {
        measured.get(entry)?.push(await measureOnce(entry, plan));
      } catch (error) {
        failures.set(entry, error instanceof Error ? error.message.split('\n').slice(0, 3).join(' ') : String(error));
      }
    }
  }
  return entries.map((entry) => ({
    entry,
    measured: measured.get(entry) ?? [],
    failed: failures.get(entry),
    leftOut: leftOut.has(entry),
  }));
}

function logOf(entry: Entry): LogName | undefined {
  return 'alone' in entry ? entry.log : entry.scenario.log;
}

function measureOnce(entry: Entry, plan: Plan): Promise<Measured> {
  if ('alone' in entry) return entry.alone(plan);
  const scenario = { ...entry.scenario, ...(plan.quick ? entry.quick : {}) };
  return withStorage(scenario.log ?? 'memory', (storage) =>
    measureServed({ ...scenario, ...(storage === undefined ? {} : { storage }) }, entry, plan),
  );
}

async function measureServed(scenario: Scenario, entry: ServedEntry, plan: Plan): Promise<Measured> {
  const session = new Session(scenario, plan, entry.serverProgram);
  const limit = plan.quick ? runTimeout.quick : runTimeout.whole;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took more than ${limit / 1000} s`)), limit);
  });
  const run = async (): Promise<Measured> => {
    await session.open();
    if (scenario.connected !== false) await session.connect();
    return entry.measure(session, plan);
  };
  try {
    const measured = await Promise.race([run(), late]);
    for (const { name, share } of measured.profile ?? []) {
      plan.log(`    ${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
    }
    return measured;
  } finally {
    clearTimeout(timer);
    await session.close();
  }
}

function resultOf({ entry, measured, failed, leftOut }: EntryRounds): EntryResult {
  const names = Object.keys(measured[0]?.figures ?? {});
  const figures = names.map((name) => [name, spreadOf(measured.map(({ figures }) => figures[name] ?? 0))] as const);
  return {
    label: entry.label,
    rounds: measured.length,
    figures: Object.fromEntries(figures),
    ...(failed === undefined ? {} : { failed }),
    ...(leftOut ? { leftOut } : {}),
  };
}
