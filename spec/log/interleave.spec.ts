import { expect } from 'chai';
import { memoryLog } from '../../lib/log/memoryLog.ts';
import { interleave } from '../../lib/testing/interleave.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { sample } from './sample.ts';

describe('interleave', () => {
  it('runs and answers each operation at its step, and not before', () => {
    const log = memoryLog();
    const stepped = interleave(log);
    const received: string[] = [];
    const tail = () => log.read(0, 0).subscribe((page) => received.push(`tail ${page.tail}`));

    stepped
      .append([sample()])
      .subscribe({ next: ({ last }) => received.push(`appended ${last}`), complete: () => received.push('done') });
    tail();
    expect(stepped.step()).to.equal('carry out append');
    tail();
    expect(stepped.step()).to.equal('answer append');
    expect(stepped.step()).to.equal(undefined);
    expect(received).to.deep.equal(['tail 0', 'tail 1', 'appended 1', 'done']);
  });

  it('runs and answers a claim at its step, as of the log that it wraps', () => {
    const log = memoryLog();
    const stepped = interleave(log);
    const received: unknown[] = [];
    stepped.claim?.('a', 100).subscribe((claim) => received.push(claim));
    log.claim?.('b', 50).subscribe((claim) => received.push(claim.held));
    expect([stepped.step(), stepped.step()]).to.deep.equal(['carry out claim', 'answer claim']);
    expect(received).to.have.length(2);
    expect(received[0]).to.equal(true);
    expect(received[1]).to.include({ held: false, token: 1 });
  });

  it('runs all operations of one turn before it answers any of them', () => {
    const stepped = interleave(memoryLog());
    const received: string[] = [];
    stepped.append([sample()]).subscribe(() => received.push('append'));
    stepped.read(0, 1000).subscribe(({ last }) => received.push(`read ${last}`));
    stepped.end('completed').subscribe(({ ended }) => received.push(`end ${ended}`));
    const steps = Array.from({ length: 6 }, () => stepped.step());
    expect(steps).to.deep.equal([
      'carry out append',
      'carry out read',
      'carry out end',
      'answer append',
      'answer read',
      'answer end',
    ]);
    expect(received).to.deep.equal(['append', 'read 1', 'end completed']);
  });

  it('answers with the page of the time of the read, and forwards wake-ups at once', () => {
    const log = memoryLog();
    const stepped = interleave(log);
    const received: string[] = [];
    stepped.wakes.subscribe({ next: () => received.push('wake'), complete: () => received.push('closed') });
    stepped.read(0, 1000).subscribe(({ tail }) => received.push(`read up to ${tail}`));
    stepped.step();
    log.append([sample()]);
    stepped.step();
    stepped.close();
    expect(received).to.deep.equal(['wake', 'read up to 0', 'closed']);
  });

  it('answers late subscribers, also with errors', () => {
    const stepped = interleave(memoryLog());
    const appended = stepped.append([sample()]);
    const refused = stepped.append([sample()]);
    stepped.step();
    stepped.close();
    while (stepped.step() !== undefined);
    const received: unknown[] = [];
    appended.subscribe(({ last }) => received.push(last));
    refused.subscribe({ error: (error) => received.push(error._tag) });
    expect(received).to.deep.equal([1, 'ClosedError']);
  });

  it(
    'answers with the log when the step of an answer comes before the log has answered',
    marbles(({ flush }) => {
      const stepped = interleave(withLatency(memoryLog(), 5));
      const received: number[] = [];
      stepped.append([sample()]).subscribe(({ last }) => received.push(last));
      stepped.step();
      expect(stepped.step()).to.equal('answer append');
      expect(received).to.deep.equal([]);
      flush();
      expect(received).to.deep.equal([1]);
    }),
  );
});
