import { expect } from 'chai';
import { concat, mergeMap, throwError, timer } from 'rxjs';
import { sse, type WireProfile } from '../../lib/index.ts';
import { message } from '../../lib/wire/index.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';
import { cutOnce, kinds, methods, spoken } from './answers.ts';
import { load } from './load.ts';

interface Agent {
  run(input: object): { forEach(next: (event: unknown) => void): Promise<void> };
  runAgent(parameters?: object): Promise<unknown>;
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[];
}

interface AgUi {
  readonly HttpAgent: new (options: { url: string }) => Agent;
}

const ids = { threadId: 't', runId: 'r' };
const parts = [
  { type: 'RUN_STARTED', ...ids },
  { type: 'TEXT_MESSAGE_START', messageId: 'm', role: 'assistant' },
  ...['Hel', 'lo', '!'].map((delta) => ({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta })),
  { type: 'TEXT_MESSAGE_END', messageId: 'm' },
  { type: 'RUN_FINISHED', ...ids },
].map((data) => ({ data }));
const input = { ...ids, state: {}, messages: [], tools: [], context: [], forwardedProps: {} };

describe('@ag-ui/client', () => {
  requires('clients');

  let HttpAgent: AgUi['HttpAgent'];
  before(async () => {
    ({ HttpAgent } = await load<AgUi>('@ag-ui/client'));
  });

  /** Reads all events of a run, and the error that ends it. */
  async function read(url: string): Promise<readonly unknown[]> {
    const delivered: unknown[] = [];
    await new HttpAgent({ url })
      .run(input)
      .forEach((event) => void delivered.push(event))
      .catch((error) => void delivered.push(error));
    return delivered;
  }

  for (const [kind, routeOf] of Object.entries(kinds)) {
    for (const wire of ['data-only', { control: 'ids' }] satisfies WireProfile[]) {
      it(`reads the whole answer of ${kind}, and nothing else, with wire ${JSON.stringify(wire)}`, async () => {
        await listen(routeOf(wire, parts), async (url) => {
          const delivered = await read(url);
          expect(delivered).to.have.length(parts.length);
          for (const [index, { data }] of parts.entries()) expect(delivered[index]).to.deep.include(data);
          const agent = new HttpAgent({ url });
          await agent.runAgent({ runId: 'r' });
          expect(agent.messages.at(-1)).to.deep.include({ role: 'assistant', content: 'Hello!' });
        });
      });
    }
  }

  it('receives an error, and not half an answer, when the connection is cut in the middle', async () => {
    await listen(cutOnce(kinds['a run']?.('data-only', parts) as never, '"lo"'), async (url) => {
      expect((await read(url)).at(-1)).to.be.instanceOf(Error);
    });
  });

  it('receives the event RUN_ERROR that onError returns', async () => {
    const failing = concat(
      spoken(parts.slice(0, 3)),
      timer(1).pipe(mergeMap(() => throwError(() => new Error('secret')))),
    );
    const onError = () => message({ data: { type: 'RUN_ERROR', message: 'busy' } });
    await listen(sse({ wire: 'data-only', methods, onError }, failing), async (url) => {
      const delivered = await read(url);
      expect(delivered.at(-1)).to.deep.include({ type: 'RUN_ERROR', message: 'busy' });
      expect(delivered).to.have.length(4);
    });
  });
});
