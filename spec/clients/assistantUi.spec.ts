import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { resumableStreamStore } from '../../lib/agents/index.ts';
import { freshFolder } from '../log/lmdb/folder.ts';
import { atTimes } from '../support/atTimes.ts';
import { deferred } from '../support/deferred.ts';
import { requires } from '../support/requires.ts';
import { load } from './load.ts';

type Bytes = ReadableStream<Uint8Array>;

interface Context {
  run(streamId: string, makeStream: () => Bytes): Promise<Bytes>;
  resume(streamId: string): Promise<Bytes | null>;
  status(streamId: string): Promise<string>;
  delete(streamId: string): Promise<void>;
}

interface Resumable {
  createResumableStreamContext(options: object): Context;
}

const bytes = (word: string): Uint8Array => new TextEncoder().encode(word);
const textOf = (stream: Bytes | null): Promise<string> => text(stream as never);

describe('assistant-stream', () => {
  requires('clients');
  const folder = freshFolder();
  /** A stream of a model, and what has become of it. */
  function model() {
    const canceled = deferred<void>();
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const made = {
      calls: 0,
      canceled: canceled.promise,
      say: (word: string) => controller?.enqueue(bytes(word)),
      end: () => controller?.close(),
      stream: (): Bytes => {
        made.calls++;
        return new ReadableStream({
          start: (started) => {
            controller = started;
          },
          cancel: () => canceled.resolve(),
        });
      },
    };
    return made;
  }

  for (const kind of ['memory', 'a file']) {
    const contextWith = async (options: object = {}) => {
      const { createResumableStreamContext } = await load<Resumable>('assistant-stream/resumable');
      const store = resumableStreamStore(kind === 'memory' ? {} : { log: (name) => folder.open({ name }) });
      return createResumableStreamContext({ store, ...options });
    };

    it(`starts a stream again when its ttlMs is over, in ${kind}`, () =>
      atTimes(async (advance) => {
        const context = await contextWith({ ttlMs: 60_000 });
        const first = model();
        const reading = textOf(await context.run('a', first.stream));
        first.say('one');
        first.end();
        expect(await reading).to.equal('one');
        advance(59_000);
        expect(await textOf(await context.run('a', first.stream))).to.equal('one');
        expect(first.calls).to.equal(1);
        advance(16_001);
        expect(await context.resume('a')).to.equal(null);
        const second = model();
        const again = textOf(await context.run('a', second.stream));
        second.say('two');
        second.end();
        expect(await again).to.equal('two');
      }));

    it(`ends the readers of a stream that is deleted, and cancels its model, in ${kind}`, async () => {
      const context = await contextWith();
      const first = model();
      const reader = (await context.run('a', first.stream)).getReader();
      first.say('one');
      expect((await reader.read()).value).to.deep.equal(bytes('one'));
      const last = reader.read();
      await context.delete('a');
      expect((await last).done).to.equal(true);
      expect([await context.status('a'), await context.resume('a')]).to.deep.equal(['missing', null]);
      first.say('late');
      await first.canceled;

      const second = model();
      const again = textOf(await context.run('a', second.stream));
      second.say('two');
      second.end();
      expect(await again).to.equal('two');
      await context.delete('unknown');
    });
  }
});
