import { expect } from 'chai';
import { concat, mergeMap, throwError, timer } from 'rxjs';
import { sse, type WireOptions } from '../../lib/index.ts';
import { message } from '../../lib/wire/index.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';
import { allOf, cutOnce, kinds, methods, spoken } from './answers.ts';
import { load } from './load.ts';

interface Chunk {
  readonly choices: readonly { readonly delta: { readonly content?: string } }[];
}

interface OpenAI {
  readonly chat: { readonly completions: { create(body: object): PromiseLike<AsyncIterable<Chunk>> } };
}

type OpenAIClass = new (options: { baseURL: string; apiKey: string; maxRetries: number }) => OpenAI;

const chunk = (content: string) => ({
  data: {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  },
});
const parts = ['Hel', 'lo', '!'].map(chunk);
const done = message({ text: '[DONE]' });

describe('openai', () => {
  requires('clients');

  let OpenAI: OpenAIClass;
  before(async () => {
    ({ default: OpenAI } = await load<{ default: OpenAIClass }>('openai'));
  });

  const read = (url: string, maxRetries = 0) =>
    allOf(() =>
      new OpenAI({ baseURL: url, apiKey: 'k', maxRetries }).chat.completions.create({
        model: 'm',
        messages: [],
        stream: true,
      }),
    );

  for (const [kind, routeOf] of Object.entries(kinds)) {
    for (const wire of [{ control: 'none', end: done }, { control: 'ids', end: done }, 'data-only'] satisfies (
      | WireOptions
      | 'data-only'
    )[]) {
      const shown = typeof wire === 'string' ? wire : `control '${wire.control}' and the end [DONE]`;
      it(`reads the whole answer of ${kind}, and nothing else, with ${shown}`, async () => {
        await listen(routeOf(wire, parts), async (url) => {
          expect(await read(url)).to.deep.equal(parts.map(({ data }) => data));
        });
      });
    }
  }

  it('receives an error, and not half an answer, when the connection is cut in the middle', async () => {
    await listen(cutOnce(kinds['a run']?.({ control: 'none', end: done }, parts) as never, 'lo'), async (url) => {
      const delivered = await read(url);
      expect(delivered.slice(0, 2)).to.deep.equal(parts.slice(0, 2).map(({ data }) => data));
      expect(delivered.at(-1)).to.be.instanceOf(Error);
    });
  });

  it('receives the error of the protocol that onError returns', async () => {
    const failing = concat(
      spoken(parts.slice(0, 1)),
      timer(1).pipe(mergeMap(() => throwError(() => new Error('secret')))),
    );
    const onError = () => message({ data: { error: { message: 'overloaded', type: 'server_error' } } });
    await listen(sse({ wire: 'data-only', methods, onError }, failing), async (url) => {
      const [first, error, ...rest] = await read(url);
      expect(first).to.deep.equal(parts[0]?.data);
      expect(error).to.be.instanceOf(Error).and.have.property('message').that.includes('overloaded');
      expect(rest).to.deep.equal([]);
    });
  });
});
