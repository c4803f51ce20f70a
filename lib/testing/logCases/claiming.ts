import { defer, EMPTY, expand, filter, switchMap, timer } from 'rxjs';
import type { ClaimState } from '../../log/EventLog.ts';
import type { CheckedLog } from './CheckedLog.ts';
import { expectEqual, expectTrue } from './expectEqual.ts';
import type { LogCase, LogOpener, OpenedLog } from './LogCase.ts';
import { numbered } from './testEvents.ts';

/** A lease that no test outlasts, and one that each can wait for, in ms. */
const [long, short] = [3_600_000, 4];

/** A case of the logs that can be claimed. */
const claimCase = (name: string, run: (log: OpenedLog, logs: LogOpener) => Promise<void>): LogCase => ({
  name,
  run: async (logs) => {
    const log = await logs.open();
    if (log.log.claim !== undefined) await run(log, logs);
  },
});

export const claiming: readonly LogCase[] = [
  claimCase('is `shared` where another process may write to it, so that a feed claims it', async (log) => {
    expectTrue('shared must be true in a log that has a second writer', log.log.shared === true || !log.hasSecond);
  }),
  claimCase(
    'gives its claim to one of two holders that claim it at once, and answers the other that it is held',
    async (log) => {
      const writer = await log.second();
      const claims = await Promise.all([claim(log, 'a', long), claim(writer, 'b', long), claim(log, 'c', long)]);
      expectEqual('how many hold it', claims.filter(({ held }) => held).length, 1);
      expectEqual('how many tokens there are', new Set(claims.map(({ token }) => token)).size, 1);
      const token = claims[0]?.token ?? 0;
      expectTrue(`the first token must be above 0, got ${token}`, token > 0);
      expectTrue(
        'each answer must have a remaining time above 0',
        claims.every(({ remaining }) => remaining > 0),
      );
      const { tail, floor } = await log.state();
      expectEqual('floor and tail', [floor, tail], [0, 0]);
    },
  ),
  claimCase('claims without a subscriber', async (log) => {
    log.log.claim?.('a', long);
    expectEqual('whether b holds it', (await claim(log, 'b', long)).held, false);
  }),
  claimCase('renews the claim of its holder, under the same token', async (log) => {
    const writer = await log.second();
    const { token } = await claim(log, 'a', long);
    const renewed = await claim(log, 'a', 2 * long);
    expectEqual('the renewed claim', [renewed.held, renewed.token], [true, token]);
    const other = await claim(writer, 'b', long);
    expectEqual('the claim of b', [other.held, other.token], [false, token]);
    expectTrue(`the lease must be the renewed one, got ${other.remaining} ms`, other.remaining > long);
  }),
  claimCase('lets a claim expire that is not renewed, counted from the last renewal', async (log) => {
    const writer = await log.second();
    const { token } = await claim(log, 'a', long);
    await claim(log, 'a', short);
    const taken = await take(writer, 'b');
    expectTrue(`the token must rise from ${token} with another holder, got ${taken.token}`, taken.token > token);
    expectEqual('whether a still holds it', (await claim(log, 'a', long)).held, false);
  }),
  claimCase('gives a claim up at a lease of 0, only for its holder, and wakes', async (log) => {
    const writer = await log.second();
    const { token } = await claim(log, 'a', long);
    expectEqual('whether b holds it', (await claim(writer, 'b', 0)).held, false);
    expectEqual('whether b holds it then', (await claim(writer, 'b', long)).held, false);
    // A log may connect before it wakes: it is connected when it has woken once.
    const connection = writer.log.wakes.subscribe();
    const connected = writer.woken('for an append');
    await log.append([numbered(1)]);
    await connected;
    const woken = writer.woken('after a claim was given up');
    const released = await claim(log, 'a', 0);
    expectEqual('the claim that was given up', [released.held, released.remaining], [false, 0]);
    await woken;
    connection.unsubscribe();
    const taken = await claim(writer, 'b', long);
    expectTrue(
      `b must hold the claim with a token above ${token}, got ${taken.token}`,
      taken.held && taken.token > token,
    );
    await claim(writer, 'b', 0);
    const again = await claim(writer, 'b', long);
    expectTrue(`the token must rise after b gave it up, got ${again.token}`, again.held && again.token > taken.token);
  }),
  claimCase('refuses the append and the end of a producer that was replaced, and stores nothing of it', async (log) => {
    const writer = await log.second();
    const old = await claim(log, 'a', short);
    await log.append([numbered(1)], { token: old.token });
    const { token } = await take(writer, 'b');
    for (const late of [log, writer]) await expectFenced(late, old.token);
    await writer.append([numbered(2)], { token, key: 'known' });
    await log.append([numbered(3)]);
    expectEqual('the entries', await log.data(), ['1', '2', '3']);
    expectEqual('whether it has ended', (await log.state()).ended, false);
    const repeated = await log.append([numbered(2)], { token: old.token, key: 'known' });
    expectEqual('the position of what has a known key', repeated.first, 2);
    await log.answer('end', writer.log.end('completed', { token }));
    const again = await log.answer('end', log.log.end('failed', { token: old.token }));
    expectEqual('the end of a log that has ended', again.ended, 'completed');
  }),
  claimCase('refuses a token that it never gave', async (log) => {
    await expectFenced(log, 1);
    const { token } = await claim(log, 'a', long);
    await expectFenced(log, token + 1);
    expectEqual('the entries', await log.data(), []);
    expectEqual('whether it has ended', (await log.state()).ended, false);
  }),
  claimCase('raises its token over a restart', async (log) => {
    const { reopened } = log;
    const tokens = [(await claim(log, 'a', long)).token];
    await claim(log, 'a', 0);
    if (reopened === undefined) return;
    const again = await reopened();
    tokens.push((await claim(again, 'b', short)).token);
    const third = await reopened();
    tokens.push((await take(third, 'c')).token);
    const rising = [...new Set(tokens)].sort((a, b) => a - b);
    expectEqual('the tokens', tokens, rising);
    await expectFenced(third, tokens[0] ?? 0);
  }),
  claimCase('rejects a claim after the end, and after close', async (log, logs) => {
    await claim(log, 'a', long);
    await log.end('completed');
    expectEqual('the error of a claim after the end', await errorOfClaim(log), 'ClosedError');
    const closed = await logs.open();
    closed.log.close();
    expectEqual('the error of a claim after close', await errorOfClaim(closed), 'ClosedError');
  }),
];

/** Claims a log, and checks what must be true of each answer. */
async function claim(log: CheckedLog, holder: string, lease: number): Promise<ClaimState> {
  const answer = log.log.claim?.(holder, lease) ?? EMPTY;
  const state = await log.answer('claim', answer);
  const { held, token, remaining } = state;
  const what = `a claim of ${holder} for ${lease} ms was answered with ${JSON.stringify(state)}`;
  expectTrue(`${what}, and a token is a whole number from 0`, Number.isSafeInteger(token) && token >= 0);
  expectTrue(`${what}, which is a time below 0`, remaining >= 0);
  if (held) expectTrue(`${what}, which is none, or longer than the lease`, remaining > 0 && remaining <= lease);
  return state;
}

/** Claims a log until the claim of another holder has expired, for which it waits as long as the answers say. */
async function take(log: CheckedLog, holder: string): Promise<ClaimState> {
  const attempts = defer(() => claim(log, holder, long)).pipe(
    expand(({ held, remaining }) =>
      held ? EMPTY : timer(Math.min(remaining, short)).pipe(switchMap(() => claim(log, holder, long))),
    ),
    filter(({ held }) => held),
  );
  return log.answer(`the claim of ${holder}, after that of another one has expired,`, attempts);
}

async function expectFenced(log: CheckedLog, token: number): Promise<void> {
  const append = log.log.append([numbered(0)], { token });
  expectEqual(`the error of an append with token ${token}`, await log.errorTagOf('append', append), 'FencedError');
  const end = log.log.end('failed', { token });
  expectEqual(`the error of an end with token ${token}`, await log.errorTagOf('end', end), 'FencedError');
}

function errorOfClaim(log: CheckedLog): Promise<unknown> {
  return log.errorTagOf('claim', log.log.claim?.('b', long) ?? EMPTY);
}
