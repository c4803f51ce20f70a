import type { CheckedLog } from './CheckedLog.ts';
import { covers } from './CheckedLog.ts';
import { expectEqual, expectTrue } from './expectEqual.ts';
import type { LogCase, LogOpener, OpenedLog } from './LogCase.ts';
import { numbers } from './testEvents.ts';

const prefix = 'the-prefix_of-24-letters';

/** A case of the logs whose epochs can have a prefix. */
const prefixCase = (name: string, run: (log: OpenedLog, logs: LogOpener) => Promise<void>): LogCase => ({
  name,
  run: async (logs) => {
    const log = await logs.open();
    if (log.log.prefixEpochs === undefined) return;
    log.log.prefixEpochs(prefix);
    await run(log, logs);
  },
});

export const prefixing: readonly LogCase[] = [
  prefixCase('starts its epochs with the prefix, and retains the bounds of a page', async (log) => {
    const unwritten = (await log.state()).epoch;
    expectPrefix(unwritten);
    const { epoch } = await log.append(numbers(1, 200));
    expectPrefix(epoch);
    const state = await log.state();
    expectEqual('the epoch of a page', state.epoch, epoch);
    expectTrue('the position before the first append must stay exact', covers(state, unwritten, 0));
    // Larger ids count as well: each page is checked.
    expectEqual('the entries', (await log.blocks(0, 4096)).length, 200);
  }),
  prefixCase('has the same epoch for another writer with the same prefix, and after a restart', async (log) => {
    const writer = log.hasSecond ? prefixed(await log.second()) : log;
    const { epoch } = await log.append(numbers(1, 3));
    expectEqual('the epoch of the other writer', (await writer.state()).epoch, epoch);
    if (log.reopened === undefined) return;
    const again = prefixed(await log.reopened());
    const state = await again.state();
    expectPrefix(state.epoch);
    expectTrue(`epoch ${epoch} must be known after a restart`, covers(state, epoch, 3));
  }),
  prefixCase('has another epoch than a log of another storage with the same prefix', async (log, logs) => {
    const other = prefixed(await logs.open());
    const epochs = [(await log.append(numbers(1, 1))).epoch, (await other.append(numbers(1, 1))).epoch];
    expectTrue(`two logs have the epoch ${epochs[0]}; add a random text to the prefix`, epochs[0] !== epochs[1]);
  }),
  prefixCase('has the prefix alone as its epoch until something is stored, if only an empty batch', async (log) => {
    const { reopened } = log;
    // A log that exists as long as its object has no storage in which it could be missing.
    if (reopened === undefined) return;
    expectEqual('the epoch before', (await log.state()).epoch, prefix);
    const again = prefixed(await reopened());
    expectEqual('the epoch after a read alone', (await again.state()).epoch, prefix);
    await again.append([]);
    const { epoch, tail } = await again.state();
    expectEqual('the tail', tail, 0);
    expectTrue(`the epoch after an empty batch must have more than the prefix, got ${epoch}`, epoch !== prefix);
  }),
];

function prefixed(log: CheckedLog): CheckedLog {
  log.log.prefixEpochs?.(prefix);
  return log;
}

function expectPrefix(epoch: string): void {
  expectTrue(`an epoch must start with the prefix ${prefix}, got ${epoch}`, epoch.startsWith(prefix));
}
