import { expect } from 'chai';
import { memoryLog } from '../../lib/log/memoryLog.ts';
import { interleave } from '../../lib/testing/interleave.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { sample } from './sample.ts';

describe('interleave', () => {
  it('carries out and answers when it is told to, and not before', () => {
    const log = memoryLog();
    const stepped = interleave(log);
    const said: string[] = [];
    const tail = () => log.read(0, 0).subscribe((page) => said.push(`tail ${page.tail}`));

    stepped
      .append([sample()])
      .subscribe({ next: ({ last }) => said.push(`appended ${last}`), complete: () => said.push('done') });
    tail();
    expect(stepped.step()).to.equal('carry out append');
    tail();
    expect(stepped.step()).to.equal('answer append');
    expect(stepped.step()).to.equal(undefined);
    expect(said).to.deep.equal(['tail 0', 'tail 1', 'appended 1', 'done']);
  });

  it('takes its steps in turn, so that what is asked together is done before any of it answers', () => {
    const stepped = interleave(memoryLog());
    const said: string[] = [];
    stepped.append([sample()]).subscribe(() => said.push('append'));
    stepped.read(0, 1000).subscribe(({ last }) => said.push(`read ${last}`));
    stepped.end('completed').subscribe(({ ended }) => said.push(`end ${ended}`));
    const steps = Array.from({ length: 6 }, () => stepped.step());
    expect(steps).to.deep.equal([
      'carry out append',
      'carry out read',
      'carry out end',
      'answer append',
      'answer read',
      'answer end',
    ]);
    expect(said).to.deep.equal(['append', 'read 1', 'end completed']);
  });

  it('gives the page as it was when it was read, and wakes at once', () => {
    const log = memoryLog();
    const stepped = interleave(log);
    const said: string[] = [];
    stepped.wakes.subscribe({ next: () => said.push('wake'), complete: () => said.push('closed') });
    stepped.read(0, 1000).subscribe(({ tail }) => said.push(`read up to ${tail}`));
    stepped.step();
    log.append([sample()]);
    stepped.step();
    stepped.close();
    expect(said).to.deep.equal(['wake', 'read up to 0', 'closed']);
  });

  it('answers those who subscribe late, with errors too', () => {
    const stepped = interleave(memoryLog());
    const appended = stepped.append([sample()]);
    const refused = stepped.append([sample()]);
    stepped.step();
    stepped.close();
    while (stepped.step() !== undefined);
    const said: unknown[] = [];
    appended.subscribe(({ last }) => said.push(last));
    refused.subscribe({ error: (error) => said.push(error._tag) });
    expect(said).to.deep.equal([1, 'ClosedError']);
  });

  it(
    'may be told to answer before the log has: the answer then comes with the log',
    marbles(({ flush }) => {
      const stepped = interleave(withLatency(memoryLog(), 5));
      const said: number[] = [];
      stepped.append([sample()]).subscribe(({ last }) => said.push(last));
      stepped.step();
      expect(stepped.step()).to.equal('answer append');
      expect(said).to.deep.equal([]);
      flush();
      expect(said).to.deep.equal([1]);
    }),
  );
});
