import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import { concatMap, from, map, type Observable, timer } from 'rxjs';
import { type GraphPart, type GraphRequest, langGraphRoutes } from 'rxsse/agents';
import { freshFolder } from '../log/lmdb/folder.ts';
import { deferred } from '../support/deferred.ts';
import { faultProxy } from '../support/faultProxy.ts';
import { listen } from '../support/listen.ts';
import { requires } from '../support/requires.ts';
import { load } from './load.ts';

interface Part {
  readonly id?: string;
  readonly event: string;
  readonly data: unknown;
}

interface RunIds {
  readonly run_id: string;
  readonly thread_id?: string;
}

interface LangGraphClient {
  readonly runs: {
    stream(thread: string | null, assistant: string, payload: object): AsyncIterable<Part>;
    joinStream(thread: string | null, run: string, options?: object): AsyncIterable<Part>;
    cancel(thread: string, run: string): Promise<void>;
    get(thread: string, run: string): Promise<{ readonly status: string }>;
  };
}

interface LangGraphSdk {
  readonly Client: new (options: { apiUrl: string; apiKey: null; callerOptions?: object }) => LangGraphClient;
}

const parts = Array.from({ length: 60 }, (_, n): GraphPart => ({ event: n % 3 ? 'messages' : 'values', data: { n } }));
const paced = (every: number): Observable<GraphPart> =>
  from(parts).pipe(concatMap((part) => timer(every).pipe(map(() => part))));

async function read(stream: AsyncIterable<Part>, received: Part[] = []): Promise<readonly Part[]> {
  for await (const part of stream) received.push(part);
  return received;
}

/** The bytes of a response after which its connection is cut: in the head, in a part, or between two. */
const cuts = [900, 320, 1500, 700, 2200, 1100];

const shown = (received: readonly Part[]) => received.map(({ event, data }) => ({ event, data }));
const whole = [...parts, { event: 'end', data: null }];

describe('@langchain/langgraph-sdk', function () {
  requires('clients');
  this.timeout(60_000);

  const folder = freshFolder();
  let sdk: LangGraphSdk;
  before(async () => {
    sdk = await load<LangGraphSdk>('@langchain/langgraph-sdk');
  });
  const clientOf = (url: string) => new sdk.Client({ apiUrl: `${url}/langgraph`, apiKey: null });

  for (const log of [undefined, (name: string) => folder.open({ name })]) {
    const kind = log === undefined ? 'in memory' : 'in a file';

    it(`joins a run again after each cut, and gets exactly what it missed, with runs ${kind}`, async () => {
      let calls = 0;
      const routes = langGraphRoutes(log === undefined ? {} : { log }, () => {
        calls++;
        return paced(5);
      });
      await listen(routes as RequestListener, (url) =>
        faultProxy(
          url,
          // The first ones are cut after some bytes, in the head, in a part, or between two.
          (connection) => ({ answer: { how: connection % 2 ? 'reset' : 'cut', after: cuts[connection] ?? Infinity } }),
          async (proxy) => {
            let ids: RunIds | undefined;
            const onRunCreated = (created: RunIds) => {
              ids = created;
            };
            const received = await read(clientOf(proxy.url).runs.stream('t', 'a', { input: {}, onRunCreated }));
            expect(shown(received)).to.deep.equal(whole);
            expect(proxy.count).to.be.above(3);
            expect(ids?.thread_id).to.equal('t');
            // A page that was reloaded has the id of the run alone.
            const joined = await read(clientOf(url).runs.joinStream('t', ids?.run_id ?? ''));
            expect(shown(joined)).to.deep.equal(whole);
            const after = received[41]?.id;
            const rest = await read(clientOf(url).runs.joinStream('t', ids?.run_id ?? '', { lastEventId: after }));
            expect(shown(rest)).to.deep.equal(whole.slice(42));
          },
        ),
      );
      expect(calls).to.equal(1);
    });
  }

  it('joins a run again, whose connection a proxy has ended without an error', async () => {
    const routes = langGraphRoutes({}, () => paced(20)) as RequestListener;
    let ended = 0;
    const endsEarly: RequestListener = (request, response) => {
      if (/stream/.test(request.url ?? '') && ended++ < 1) setTimeout(() => response.end(), 300);
      routes(request, response);
    };
    await listen(endsEarly, async (url) => {
      expect(shown(await read(clientOf(url).runs.stream('t', 'a', {})))).to.deep.equal(whole);
    });
    expect(ended).to.equal(2);
  });

  it('follows a run that runs at another process, and cancels it', async () => {
    const log = (name: string) => folder.open({ name });
    const aborted = deferred();
    const producing = langGraphRoutes({ log }, ({ signal }: GraphRequest<unknown>) => {
      signal.addEventListener('abort', () => aborted.resolve());
      return paced(50);
    });
    const other = langGraphRoutes({ log }, () => []);
    await listen(producing as RequestListener, (here) =>
      listen(other as RequestListener, async (there) => {
        const created = deferred<RunIds>();
        const received: Part[] = [];
        const reading = read(clientOf(here).runs.stream('t', 'a', { onRunCreated: created.resolve }), received);
        const { run_id } = await created.promise;
        const joining = read(clientOf(there).runs.joinStream('t', run_id));
        expect(await clientOf(there).runs.get('t', run_id)).to.include({ status: 'running' });
        while (received.length < 5) await new Promise((resolve) => setTimeout(resolve, 10));
        await clientOf(there).runs.cancel('t', run_id);
        await aborted.promise;
        expect(shown(await reading)).to.deep.equal(shown(await joining));
        expect(received.length).to.be.below(parts.length);
        expect(await clientOf(here).runs.get('t', run_id)).to.include({ status: 'interrupted' });
      }),
    );
  });

  it('receives the event error of a run that fails', async () => {
    const routes = langGraphRoutes({ onError: () => 'no model' }, async function* () {
      yield parts[0] as GraphPart;
      throw new Error('secret');
    });
    await listen(routes as RequestListener, async (url) => {
      const received = await read(clientOf(url).runs.stream(null, 'a', {}));
      const error = { event: 'error', data: { error: 'Error', message: 'no model' } };
      expect(shown(received)).to.deep.equal([parts[0], error, whole.at(-1)]);
    });
  });
});
