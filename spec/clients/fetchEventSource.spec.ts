import { expect } from 'chai';
import { concat, ignoreElements, timer } from 'rxjs';
import { sse, type WireOptions } from '../../lib/index.ts';
import { message } from '../../lib/wire/index.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';
import { cutOnce, kinds, methods, spoken } from './answers.ts';
import { load } from './load.ts';

interface Received {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

interface FetchEventSource {
  fetchEventSource(
    url: string,
    options: {
      method: string;
      openWhenHidden: boolean;
      fetch: typeof fetch;
      onmessage(received: Received): void;
      onerror(error: unknown): number | undefined;
    },
  ): Promise<void>;
}

const parts = [1, 2, 3, 4].map((n) => ({ data: { n } }));
const done = message({ text: '[DONE]' });

describe('@microsoft/fetch-event-source', () => {
  requires('clients');

  const globals = globalThis as { document?: unknown; window?: unknown };
  let client: FetchEventSource;
  before(async () => {
    client = await load<FetchEventSource>('@microsoft/fetch-event-source');
    // It uses these globals of a page.
    globals.document = Object.assign(new EventTarget(), { hidden: false });
    globals.window = globalThis;
  });
  after(() => {
    delete globals.document;
    delete globals.window;
  });

  /** Reads until the response ends. `retry` is the number of reconnects, each after a millisecond. */
  async function read(url: string, retry = 0): Promise<{ received: Received[]; errors: unknown[] }> {
    const [received, errors] = [[] as Received[], [] as unknown[]];
    const options = {
      method: 'POST',
      openWhenHidden: true,
      fetch,
      onmessage: (one: Received) => void received.push(one),
      onerror: (error: unknown) => {
        errors.push(error);
        if (errors.length > retry) throw error;
        return 1;
      },
    };
    await client.fetchEventSource(url, options).catch(() => {});
    return { received, errors };
  }

  for (const [kind, routeOf] of Object.entries(kinds)) {
    it(`reads the whole answer of ${kind} with data-only, each message JSON, and nothing else`, async () => {
      await listen(routeOf('data-only', parts), async (url) => {
        const { received, errors } = await read(url);
        expect(received.map(({ data }) => JSON.parse(data))).to.deep.equal(parts.map(({ data }) => data));
        expect(errors).to.deep.equal([]);
      });
    });

    it(`reads the end of the protocol of ${kind}`, async () => {
      await listen(routeOf({ control: 'none', end: done }, parts), async (url) => {
        const { received } = await read(url);
        expect(received.map(({ data }) => data)).to.deep.equal([
          ...parts.map(({ data }) => JSON.stringify(data)),
          '[DONE]',
        ]);
      });
    });
  }

  it('receives no message for a heartbeat', async () => {
    const quiet = concat(spoken(parts), timer(20).pipe(ignoreElements()));
    await listen(sse({ wire: 'data-only', methods, heartbeat: 1 }, quiet), async (url) => {
      const { received, errors } = await read(url);
      expect(received.map(({ data }) => JSON.parse(data))).to.deep.equal(parts.map(({ data }) => data));
      expect(errors).to.deep.equal([]);
    });
  });

  for (const wire of [{ control: 'ids', end: done }, { control: 'ids' }] satisfies WireOptions[]) {
    it(`resumes a run after a cut with ids, which it delivers without data, with wire ${JSON.stringify(Object.keys(wire))}`, async () => {
      const requested: (string | undefined)[] = [];
      const route = cutOnce(kinds['a run']?.(wire, parts) as never, '"n":2}', (id) => requested.push(id));
      await listen(route, async (url) => {
        const { received, errors } = await read(url, 1);
        const events = received.filter(({ data }) => data !== '' && data !== '[DONE]');
        expect(events.map(({ data }) => JSON.parse(data))).to.deep.equal(parts.map(({ data }) => data));
        expect(errors).to.have.length(1);
        expect(requested.map((id) => id?.replace(/.*\./, ''))).to.deep.equal([undefined, '2']);
      });
    });
  }
});
