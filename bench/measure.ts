import { type EntryResult, spreadOf } from './report/Results.ts';
import type { Budget, Entry, Measured, Row } from './rows/Row.ts';
import { Session, type Surroundings } from './Session.ts';

/** A run that hangs, whatever in it does, is ended after so many ms; a quick one sooner. */
const patience = { quick: 15_000, whole: 180_000 };

export interface Plan extends Budget, Surroundings {
  readonly rounds: number;
  /** No run begins after this, in ms since the epoch. */
  readonly until: number;
  readonly wants: (entry: Entry) => boolean;
  readonly tell: (line: string) => void;
}

/** All rounds of a row: in each, all entries one after the other, so that what disturbs the machine disturbs all. */
export async function measureRow(row: Row, plan: Plan): Promise<readonly EntryResult[]> {
  const entries = row.entries.filter(plan.wants);
  const measured = new Map<Entry, Measured[]>(entries.map((entry) => [entry, []]));
  const failures = new Map<Entry, string>();
  for (let round = 0; round < Math.min(plan.rounds, row.rounds ?? Infinity); round++) {
    // Every other round backwards, so that nobody always follows the same one.
    for (const entry of round % 2 === 0 ? entries : entries.toReversed()) {
      // One that cannot do it will not be asked again.
      if (failures.has(entry)) continue;
      if (Date.now() > plan.until) {
        failures.set(entry, 'left out: the time was over');
        continue;
      }
      plan.tell(`${row.name}, round ${round + 1}: ${entry.label}`);
      try {
        measured.get(entry)?.push(await measureOnce(entry, plan));
      } catch (error) {
        failures.set(entry, error instanceof Error ? error.message.split('\n').slice(0, 3).join(' ') : String(error));
      }
    }
  }
  return entries.map((entry) => resultOf(entry.label, measured.get(entry) ?? [], failures.get(entry)));
}

async function measureOnce(entry: Entry, plan: Plan): Promise<Measured> {
  if ('alone' in entry) return entry.alone(plan);
  const session = new Session(entry.scenario, plan);
  const limit = plan.quick ? patience.quick : patience.whole;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took more than ${limit / 1000} s`)), limit);
  });
  const run = async (): Promise<Measured> => {
    await session.open();
    if (entry.scenario.connected !== false) await session.connect();
    return entry.measure(session, plan);
  };
  try {
    const measured = await Promise.race([run(), late]);
    for (const { name, share } of measured.profile ?? []) {
      plan.tell(`    ${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
    }
    return measured;
  } finally {
    clearTimeout(timer);
    await session.close();
  }
}

function resultOf(label: string, measured: readonly Measured[], failed: string | undefined): EntryResult {
  const names = Object.keys(measured[0]?.figures ?? {});
  const figures = names.map((name) => [name, spreadOf(measured.map(({ figures }) => figures[name] ?? 0))] as const);
  return {
    label,
    rounds: measured.length,
    figures: Object.fromEntries(figures),
    ...(failed === undefined ? {} : { failed }),
  };
}
