import { expect } from 'chai';
import type { LogByName } from '../../../lib/agents/index.ts';
import { randomFrom } from '../../../lib/testing/randomScript.ts';
import { deferred } from '../../support/deferred.ts';
import type { Faults } from '../../support/FaultyConnection.ts';
import { faultProxy } from '../../support/faultProxy.ts';
import { listen } from '../../support/listen.ts';
import type { AgentCase, Page } from './AgentCase.ts';

/** Describes one answer, and what its readers got. */
interface CutAnswer {
  /** How many pages were opened, with the first. */
  readonly pages: number;
  readonly connections: number;
  /** Bytes that connections delivered which continued an answer, and those of the events that the page did not have. */
  readonly resumed: number;
  readonly missed: number;
}

/** The pieces of an answer: numbered, so that a text shows what is missing or repeated. */
export const piecesOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => `${n} ${String.fromCharCode(97 + (n % 26)).repeat(180)}\n`);

/**
 * Has an answer made and cuts the connections of its reader at random bytes, so many times. A page whose client reports an
 * error is opened again. Expects that the last page shows the answer and nothing else, and that the model was called once.
 */
export async function cutAnswer(
  agent: AgentCase,
  log: LogByName | undefined,
  cuts: number,
  seed: number,
): Promise<CutAnswer> {
  const random = randomFrom(seed);
  const pieces = piecesOf(400);
  const allCut = deferred<void>();
  let calls = 0;
  async function* model(): AsyncGenerator<string> {
    calls++;
    for (const [index, piece] of pieces.entries()) {
      // The answer does not end before the last cut.
      if (index === 380) await allCut.promise;
      await new Promise((resolve) => setImmediate(resolve));
      yield piece;
    }
  }
  let isLast = false;
  const faultsOf = (connection: number): Faults => {
    isLast = connection >= cuts;
    if (isLast) return {};
    // Together fewer than the bytes of the answer, so that a client which resumes reaches each of them.
    // A client that starts an answer has to receive the head, which names it: without that there is nothing to resume.
    const head = connection === 0 ? 1000 : 1;
    return { answer: { how: random() % 2 === 0 ? 'cut' : 'reset', after: head + (random() % 6000) } };
  };

  // The answer ends when the last reader has found it: a client that requests the active answer gets none afterwards.
  const onAnswer = (): void => {
    if (isLast) allCut.resolve();
  };

  return listen(await agent.serve(() => model(), log), (target) =>
    faultProxy(target, faultsOf, async (proxy) => {
      const traffic = { resumed: 0, missed: 0 };
      let pages = 1;
      let recorder = recordingFetch(traffic, onAnswer);
      let page: Page = await agent.open(proxy.url, recorder.fetch);
      let ending = await page.start();
      while (ending !== 'complete') {
        if (!agent.remembers) recorder.finish();
        if (pages++ > 10 * cuts) throw new Error(`no page was completed: ${ending}, after ${page.text.slice(-300)}`);
        if (!agent.remembers) recorder = recordingFetch(traffic, onAnswer);
        page = await agent.open(proxy.url, recorder.fetch);
        ending = await page.resume();
      }
      recorder.finish();
      expect(page.text).to.equal(pieces.join(''));
      expect(calls).to.equal(1);
      return { pages, connections: proxy.count, ...traffic };
    }),
  );
}

/** Returns a fetch that records the bodies of one page, and adds what its later responses have to the traffic. */
function recordingFetch(traffic: { resumed: number; missed: number }, onAnswer: () => void) {
  const bodies: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await globalThis.fetch(input, init);
    if (response.body === null) return response;
    onAnswer();
    const index = bodies.push('') - 1;
    const decoder = new TextDecoder();
    const recording = new TransformStream<Uint8Array, Uint8Array>({
      transform: (bytes, controller) => {
        bodies[index] += decoder.decode(bytes, { stream: true });
        controller.enqueue(bytes);
      },
    });
    return new Response(response.body.pipeThrough(recording), response);
  };
  const finish = (): void => {
    const had = new Set<string>();
    for (const [index, body] of bodies.entries()) {
      if (index > 0) traffic.resumed += body.length;
      for (const block of body.split(/(?<=\n\n)/)) {
        if (!block.endsWith('\n\n') || !block.includes('data:') || had.has(block)) continue;
        had.add(block);
        if (index > 0) traffic.missed += block.length;
      }
    }
  };
  return { fetch, finish };
}
