import { expect } from 'chai';
import { firstValueFrom, throwError } from 'rxjs';
import { type EventLog, type LogEnd, memoryLog, StreamTimeoutError } from 'rxsse';
import { type RunDurability, type StreamDurabilityOptions, streamDurability } from 'rxsse/agents';
import { StreamFailedError } from 'rxsse/client';
import { freshFolder } from '../log/lmdb/folder.ts';

interface Chunk {
  readonly type: string;
  readonly delta?: string;
}

const chunk = (delta: string): Chunk => ({ type: 'TEXT_MESSAGE_CONTENT', delta });
const words = ['Hel', 'lo', ' "you"\r\n', '👋'].map(chunk);

const start = (runId: string) => ({ headers: new Headers({ 'X-Run-Id': runId }), url: '/chat' });
const resume = (offset: string) => ({ headers: new Headers({ 'Last-Event-ID': offset }), url: '/chat' });
const join = (runId: string, offset = '-1') => ({
  headers: new Headers(),
  url: `/chat?runId=${runId}&offset=${offset}`,
});

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const errorOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'none',
    (error) => error,
  );

describe('streamDurability', () => {
  const folder = freshFolder();
  const logs: Readonly<Record<string, () => StreamDurabilityOptions['log']>> = {
    'logs in memory': () => undefined,
    'logs in a file': () => (name) => folder.open({ name }),
  };

  for (const [name, logOf] of Object.entries(logs)) {
    describe(`with ${name}`, () => {
      const durability = (options: StreamDurabilityOptions = {}) => {
        const log = logOf();
        const open = streamDurability({ ...(log && { log }), ...options });
        return (source: Parameters<typeof open>[0]): RunDurability<Chunk> => open(source);
      };

      it('returns an offset for each chunk, from which a reader gets exactly what follows', async () => {
        const open = durability();
        const run = open(start('a'));
        expect(run.resumeFrom()).to.equal(null);
        const offsets = [...(await run.append(words.slice(0, 3))), ...(await run.append(words.slice(3)))];
        expect(new Set(offsets).size).to.equal(4);
        await run.close();
        for (const [index, offset] of offsets.entries()) {
          const reader = open(resume(offset));
          expect(reader.resumeFrom()).to.equal(offset);
          const rest = await allOf(reader.read(offset));
          expect(rest).to.deep.equal(
            words.slice(index + 1).map((one, next) => ({ offset: offsets[index + 1 + next], chunk: one })),
          );
        }
      });

      it('follows a run that continues until it is closed, for a reader that joins it from its start', async () => {
        const open = durability();
        const run = open(start('b'));
        await run.append(words.slice(0, 1));
        const reader = open(join('b'));
        expect(reader.resumeFrom()).to.equal('-1');
        const reading = reader.read('-1')[Symbol.asyncIterator]();
        expect((await reading.next()).value?.chunk).to.deep.equal(words[0]);
        const second = reading.next();
        await run.append(words.slice(1, 2));
        expect((await second).value?.chunk).to.deep.equal(words[1]);
        const last = reading.next();
        await run.close();
        expect(await last).to.deep.equal({ done: true, value: undefined });
      });

      it('sends what follows, and nothing before, to a reader that joins a run now', async () => {
        const open = durability();
        const run = open(start('c'));
        await run.append(words.slice(0, 2));
        const reading = open(join('c', 'now')).read('now')[Symbol.asyncIterator]();
        const next = reading.next();
        // The reader looks for the end of what is stored before it waits.
        await open(join('c')).snapshot();
        await run.append(words.slice(2, 3));
        expect((await next).value?.chunk).to.deep.equal(words[2]);
        await run.close();
        expect((await reading.next()).done).to.equal(true);
      });

      it('returns what is stored of a run that is still open, and nothing for one that never started', async () => {
        const open = durability();
        const run = open(start('d'));
        const offsets = await run.append(words);
        const stored = await open(join('d')).snapshot();
        expect(stored).to.deep.equal(words.map((one, index) => ({ offset: offsets[index], chunk: one })));
        expect(await open(join('never')).snapshot()).to.deep.equal([]);
        await run.close();
      });

      it('rejects an offset of another run, of one that is not stored, and text that is not an offset', async () => {
        const open = durability();
        const run = open(start('e'));
        const [offset = ''] = await run.append(words);
        await run.close();
        const foreign = offset.replace('e:', 'f:');
        for (const wrong of [foreign, 'e:1.unknown.3', 'e:1', '%E0%A4%A:1.x.1', 'x']) {
          expect(await errorOf(allOf(open(resume(wrong)).read(wrong))), wrong).to.be.instanceOf(Error);
        }
        expect(await errorOf(allOf(open(join('e')).read(foreign)))).to.be.instanceOf(Error);
      });

      it('fails a reader that joins a run which does not start within firstChunkTimeout', async () => {
        const reader = durability({ firstChunkTimeout: 1 })(join('g'));
        expect(await errorOf(allOf(reader.read('-1')))).to.be.instanceOf(StreamTimeoutError);
      });

      it('ends a reader without an error when its signal is aborted', async () => {
        const open = durability();
        const run = open(start('h'));
        await run.append(words.slice(0, 1));
        const abort = new AbortController();
        const reading = open(join('h')).read('-1', abort.signal)[Symbol.asyncIterator]();
        await reading.next();
        const next = reading.next();
        abort.abort();
        expect(await next).to.deep.equal({ done: true, value: undefined });
        await run.close();
      });

      it('refuses a second producer of a run, and stores nothing of it: at once, and after the end', async () => {
        const open = durability();
        const [one, two, three] = [open(start('i')), open(start('i')), open(start('i'))];
        await one.append(words.slice(0, 1));
        expect(await errorOf(two.append(words.slice(1))))
          .to.have.property('message')
          .that.contains('another producer');
        expect(await errorOf(two.close())).to.be.an('error');
        await one.append(words.slice(1, 2));
        await one.close();
        expect(await errorOf(three.append(words.slice(1)))).to.be.an('error');
        expect((await open(join('i')).snapshot()).map((stored) => stored.chunk)).to.deep.equal(words.slice(0, 2));
      });

      it('names a run that no request names', async () => {
        const open = durability();
        const run = open({ headers: new Headers(), url: '/chat' });
        const [offset = ''] = await run.append(words);
        await run.close();
        expect(await allOf(open(resume(offset)).read(offset))).to.have.length(3);
      });
    });
  }

  it('does not continue the run of a producer that has disappeared', async () => {
    const log = (name: string) => folder.open({ name });
    // A producer that has lost its claim, since its process has ended.
    await firstValueFrom(log('a').append([{ event: undefined, data: JSON.stringify(words[0]), retry: undefined }]));
    const open = streamDurability({ log });
    expect(await errorOf(open(start('a')).append(words))).to.be.an('error');
    expect(await open(join('a')).snapshot()).to.have.length(1);
  });

  it('ends a run as failed of which a chunk could not be stored', async () => {
    const log = memoryLog();
    const full = {
      inMemory: true,
      wakes: log.wakes,
      append: (...[entries, options]: Parameters<EventLog['append']>) =>
        entries[0]?.data === JSON.stringify(words[1])
          ? throwError(() => new Error('the disk is full'))
          : log.append(entries, options),
      read: (after: number, maxBytes: number) => log.read(after, maxBytes),
      end: (how: LogEnd) => log.end(how),
      close: () => log.close(),
    };
    const open = streamDurability({ log: () => full });
    const run: RunDurability<Chunk> = open(start('a'));
    await run.append(words.slice(0, 1));
    expect(await errorOf(run.append(words.slice(1, 2)))).to.have.property('message', 'the disk is full');
    await run.close();
    expect(await errorOf(allOf(open(join('a')).read('-1')))).to.be.instanceOf(StreamFailedError);
  });

  it('retains a run in memory while others are joined that do not exist', async () => {
    const open = streamDurability();
    const run: RunDurability<Chunk> = open(start('a'));
    await run.append(words);
    for (let n = 0; n < 1000; n++) await open(join(`unknown ${n}`)).snapshot();
    expect(await open(join('a')).snapshot()).to.have.length(words.length);
    await run.close();
  });

  it('fails a reader of a run whose log has trimmed what follows its offset', async () => {
    const open = streamDurability({ log: (name) => folder.open({ name, maxEntries: 2 }) });
    const run: RunDurability<Chunk> = open(start('a'));
    const [first = ''] = await run.append(words.slice(0, 1));
    for (const one of Array.from({ length: 40 }, (_, n) => chunk(`${n}`))) await run.append([one]);
    expect(await errorOf(allOf(open(resume(first)).read(first)))).to.be.instanceOf(Error);
    expect(await errorOf(allOf(open(join('a')).read('-1')))).to.be.instanceOf(StreamFailedError);
    await run.close();
  });

  it('refuses options of a wrong type or out of range', () => {
    expect(() => streamDurability({ firstChunkTimeout: 0 })).to.throw(RangeError, 'firstChunkTimeout');
    expect(() => streamDurability({ log: 'redis' as never })).to.throw(TypeError, 'log');
  });
});
