import { expect } from 'chai';
import { concat, mergeMap, throwError, timer } from 'rxjs';
import { sse, type WireProfile } from '../../lib/index.ts';
import { message } from '../../lib/wire/index.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';
import { allOf, cutOnce, kinds, methods, type Part, spoken } from './answers.ts';
import { load } from './load.ts';

interface MessageStream extends AsyncIterable<unknown> {
  finalText(): Promise<string>;
}

interface Anthropic {
  readonly messages: {
    create(body: object): PromiseLike<AsyncIterable<unknown>>;
    stream(body: object): MessageStream;
  };
}

type AnthropicClass = new (options: { baseURL: string; apiKey: string; maxRetries: number }) => Anthropic;

const part = (type: string, more: object = {}): Part => ({ event: type, data: { type, ...more } });
const answer = {
  id: 'msg',
  type: 'message',
  role: 'assistant',
  content: [],
  model: 'm',
  stop_reason: null,
  stop_sequence: null,
};
const parts = [
  part('message_start', { message: { ...answer, usage: { input_tokens: 1, output_tokens: 1 } } }),
  part('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  ...['Hel', 'lo', '!'].map((text) => part('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
  part('content_block_stop', { index: 0 }),
  part('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 3 } }),
  part('message_stop'),
];
const request = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: '?' }] };

describe('@anthropic-ai/sdk', () => {
  requires('clients');

  let Anthropic: AnthropicClass;
  before(async () => {
    ({ default: Anthropic } = await load<{ default: AnthropicClass }>('@anthropic-ai/sdk'));
  });

  const client = (baseURL: string) => new Anthropic({ baseURL, apiKey: 'k', maxRetries: 0 });
  const read = (url: string) => allOf(() => client(url).messages.create({ ...request, stream: true }));

  for (const [kind, routeOf] of Object.entries(kinds)) {
    for (const wire of ['data-only', { control: 'ids' }] satisfies WireProfile[]) {
      it(`reads the whole answer of ${kind}, and nothing else, with wire ${JSON.stringify(wire)}`, async () => {
        await listen(routeOf(wire, parts), async (url) => {
          expect(await read(url)).to.deep.equal(parts.map(({ data }) => data));
          expect(await client(url).messages.stream(request).finalText()).to.equal('Hello!');
        });
      });
    }
  }

  it('receives an error, and not half an answer, when the connection is cut in the middle', async () => {
    await listen(cutOnce(kinds['a run']?.('data-only', parts) as never, '"lo"'), async (url) => {
      expect((await read(url)).at(-1)).to.be.instanceOf(Error);
    });
  });

  it('receives the event error of the protocol that onError returns', async () => {
    const failing = concat(
      spoken(parts.slice(0, 3)),
      timer(1).pipe(mergeMap(() => throwError(() => new Error('secret')))),
    );
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'busy' } };
    const onError = () => message({ event: 'error', data: error });
    await listen(sse({ wire: 'data-only', methods, onError }, failing), async (url) => {
      const delivered = await read(url);
      expect(delivered.slice(0, -1)).to.deep.equal(parts.slice(0, 3).map(({ data }) => data));
      expect(delivered.at(-1)).to.be.instanceOf(Error).and.have.property('message').that.includes('busy');
    });
  });
});
