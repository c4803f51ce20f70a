import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { firstValueFrom, NEVER, timer } from 'rxjs';
import type { ClaimState, EventLog } from '../../../lib/log/EventLog.ts';
import { hasEnded, thisProcess } from '../../../lib/log/lmdb/ownerProcess.ts';
import { append, read, samples, tagOf } from '../calls.ts';
import { freshFolder, unwritten } from './folder.ts';

const claim = (log: EventLog, holder: string, lease: number): Promise<ClaimState> =>
  firstValueFrom(log.claim?.(holder, lease) ?? NEVER);

const hour = 3_600_000;

describe('a claim on an lmdbLog', function () {
  this.timeout(60_000);
  const folder = freshFolder();
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  /** Starts a process that claims when it gets a line. */
  async function startClaimer(holder: string, lease: number) {
    const script = fileURLToPath(new URL('claimer.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script, folder.path, holder, String(lease)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    const lines = createInterface(child.stdout);
    await once(lines, 'line');
    return {
      child,
      claim: async (): Promise<ClaimState> => {
        const answer = once(lines, 'line');
        child.stdin.write('go\n');
        const [text] = await answer;
        return JSON.parse(text);
      },
    };
  }

  it('expires by the monotonic clock, to the millisecond, independently of the wall clock', async () => {
    let elapsed = 5000;
    let now = 1_000_000;
    const log = folder.open({}, { elapsed: () => elapsed, now: () => now });
    expect(await claim(log, 'a', 100)).to.deep.equal({ held: true, token: 1, remaining: 100 });
    elapsed += 99;
    now += hour;
    expect(await claim(log, 'b', 100)).to.deep.equal({ held: false, token: 1, remaining: 1 });
    now -= 2 * hour;
    elapsed += 1;
    expect(await claim(log, 'b', 100)).to.deep.equal({ held: true, token: 2, remaining: 100 });
  });

  it('can be acquired after a reboot, when the monotonic clock has restarted', async () => {
    const before = folder.open({}, { elapsed: () => hour });
    await claim(before, 'a', hour);
    before.close();
    const after = folder.open({}, { elapsed: () => 5000, boot: 'another' });
    expect(await claim(after, 'b', 10)).to.deep.equal({ held: true, token: 2, remaining: 10 });
  });

  it('causes a wake-up when it is given up, and none when it is acquired, renewed or refused', async () => {
    const log = folder.open();
    const other = folder.open();
    let wakes = 0;
    other.wakes.subscribe(() => wakes++);
    for (const holder of ['a', 'a', 'b']) await claim(log, holder, hour);
    expect(wakes).to.equal(0);
    await claim(log, 'a', 0);
    expect(wakes).to.equal(1);
  });

  it('starts no epoch of the log', async () => {
    const log = folder.open();
    await claim(log, 'a', hour);
    expect((await read(log)).epoch).to.equal(unwritten().epoch);
    await append(log, samples(1), { token: 1 });
    expect((await read(log)).past).to.deep.equal([unwritten()]);
  });

  it('applies to one log of the folder', async () => {
    const [one, other] = [folder.open({ name: 'one' }), folder.open({ name: 'other' })];
    expect((await claim(one, 'a', hour)).held).to.equal(true);
    expect((await claim(other, 'b', hour)).held).to.equal(true);
    expect(await tagOf(append(other, samples(1), { token: 2 }))).to.equal('FencedError');
  });

  it('is held by one of several processes that claim at once', async () => {
    const claimers = await Promise.all(['a', 'b', 'c'].map((holder) => startClaimer(holder, hour)));
    const claims = await Promise.all(claimers.map((each) => each.claim()));
    expect(claims.filter(({ held }) => held)).to.have.length(1);
    expect(new Set(claims.map(({ token }) => token)).size).to.equal(1);
    expect((await claim(folder.open(), 'd', hour)).held).to.equal(false);
  });

  it('can be acquired at once when its process was killed', async () => {
    const { child, ...claimer } = await startClaimer('a', hour);
    expect((await claimer.claim()).held).to.equal(true);
    const log = folder.open();
    expect((await claim(log, 'b', hour)).held).to.equal(false);
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    expect(await claim(log, 'b', hour)).to.deep.equal({ held: true, token: 2, remaining: hour });
  });

  it('is lost with its lease by a stopped process, whose appends are then rejected', async () => {
    const { child, ...claimer } = await startClaimer('a', 40);
    const { token } = await claimer.claim();
    child.kill('SIGSTOP');
    const log = folder.open();
    for (let other = await claim(log, 'b', hour); !other.held; other = await claim(log, 'b', hour)) {
      await firstValueFrom(timer(other.remaining));
    }
    expect(await tagOf(append(log, samples(1), { token }))).to.equal('FencedError');
  });
});

describe('hasEnded', () => {
  it('returns true when no process has the pid, or another process has it', () => {
    const own = thisProcess();
    expect(hasEnded(own)).to.equal(false);
    expect(hasEnded({ ...own, pid: 2 ** 22 + 1 })).to.equal(true);
    expect(hasEnded({ ...own, started: '1' })).to.equal(process.platform === 'linux');
  });

  it('returns false for a process of another container or of an unknown one', () => {
    const own = thisProcess();
    for (const namespace of ['pid:[1]', '']) {
      expect(hasEnded({ ...own, namespace, pid: 2 ** 22 + 1 })).to.equal(false);
    }
    expect(hasEnded({ ...own, started: '' })).to.equal(false);
  });
});
