import type { RequestListener } from 'node:http';
import { expect } from 'chai';
import * as t from 'io-ts';
import { map, of } from 'rxjs';
import { replaceErrorReporter } from '../../lib/error/reportError.ts';
import { connectionLimit, type EventLog, events, feed, memoryLog, type SseContext, sse } from '../../lib/index.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { listen } from '../support/listen.ts';
import { watchProcess } from '../support/watchProcess.ts';

const Ticks = events({ Tick: t.number });

type Fail = () => never;
type Feed = ReturnType<typeof feed<typeof Ticks>>;

/** A route whose callback fails, and the headers of a request that calls it. */
interface Case {
  readonly route: (fail: Fail, ticks: Feed) => unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
}

const oldest = { from: 'oldest' } as const;
const lost = { 'last-event-id': '1.other.1' };
/** A first value larger than what is written during the subscription, so that the values after it wait. */
const burst = (): readonly string[] => ['x'.repeat(70_000), 'a', 'b', 'c'];

const ofEveryRoute = (
  options: (fail: Fail) => object,
  more: Omit<Case, 'route'> = {},
): Readonly<Record<string, Case>> => ({
  'of a mounted feed': { ...more, route: (fail, ticks) => sse({ resume: oldest, ...options(fail) }, ticks) },
  'of a pipeline': {
    ...more,
    route: (fail, ticks) =>
      sse({ resume: oldest, ...options(fail) } as object, (context: SseContext) => ticks.read(context)),
  },
  'of a run': { ...more, route: (fail) => sse({ resume: { linger: 0 }, ...options(fail) } as object, () => of(1)) },
  'of a stream': { ...more, route: (fail) => sse(options(fail), of(1)) },
});

const callbacks: Readonly<Record<string, Readonly<Record<string, Case>>>> = {
  state: ofEveryRoute((fail) => ({ state: fail })),
  headers: ofEveryRoute((fail) => ({ headers: fail })),
  expiresAt: ofEveryRoute((fail) => ({ expiresAt: fail })),
  onOpen: ofEveryRoute((fail) => ({ onOpen: fail })),
  onClose: ofEveryRoute((fail) => ({ onClose: fail })),
  onGap: ofEveryRoute((fail) => ({ onGap: fail }), { headers: lost }),
  onInvalidInput: ofEveryRoute((fail) => ({ query: { n: t.string }, onInvalidInput: fail })),
  'connectionLimit.client': ofEveryRoute((fail) => ({ connectionLimit: connectionLimit({ client: fail }) })),
  'wire.gap': ofEveryRoute((fail) => ({ wire: { gap: fail } }), { headers: lost }),
  'resume.owner': {
    'of a run': { route: (fail) => sse({ resume: { owner: fail, linger: 0 } }, () => of(1)) },
    'of a run that is resumed': {
      headers: lost,
      route: (fail) => sse({ resume: { owner: fail, linger: 0 } }, () => of(1)),
    },
  },
  'resume.from': {
    'of a mounted feed': { route: (fail, ticks) => sse({ resume: { from: fail } }, ticks) },
    'of a pipeline': {
      route: (fail, ticks) => sse({ resume: { from: fail } } as object, (context: SseContext) => ticks.read(context)),
    },
  },
  'resume.snapshot': {
    'of a mounted feed': { headers: lost, route: (fail, ticks) => sse({ resume: { snapshot: fail } }, ticks) },
    'for a reader without a cursor': { route: (fail, ticks) => sse({ resume: { snapshot: fail } }, ticks) },
    'of a pipeline': {
      headers: lost,
      route: (fail, ticks) => sse((context) => ticks.read(context, { snapshot: fail })),
    },
  },
  onError: {
    'of a pipeline': {
      route: (fail, ticks) =>
        sse({ resume: oldest, onError: fail } as object, (context: SseContext) =>
          ticks.read(context).pipe(map((entry) => (entry.event === undefined ? entry : raise('operator')))),
        ),
    },
  },
  onOverflow: {
    'of a stream': {
      route: (fail) => sse({ overflow: 'drop-oldest', queue: { maxEvents: 1 }, onOverflow: fail }, of(...burst())),
    },
  },
  'overflow.conflateBy': {
    'of a stream': { route: (fail) => sse({ overflow: { conflateBy: fail } }, of(...burst())) },
  },
  'overflow.merge': {
    'of a stream': { route: (fail) => sse({ overflow: { conflateBy: () => 1, merge: fail } }, of(...burst())) },
  },
  'the function of the stream': {
    'of a feed': { route: (fail) => sse({}, () => fail()) },
    'of a run': { route: (fail) => sse({ resume: { linger: 0 } }, () => fail()) },
  },
};

const logs: Readonly<Record<string, () => EventLog>> = {
  'a log in memory': () => memoryLog(),
  'a log that answers later': () => withLatency(memoryLog(), 1),
};

const failures: Readonly<Record<string, Fail>> = {
  throws: () => raise('callback'),
  rejects: (() => Promise.reject(new Error('callback'))) as () => never,
};

function raise(message: string): never {
  throw new Error(message);
}

/** Sends a request, and returns the errors that were reported until the response ended or was cut. */
async function errorsOf({ route, headers = {} }: Case, fail: Fail, log: EventLog) {
  const reported: string[] = [];
  const reporter = replaceErrorReporter((error) => void reported.push(String(error)));
  const unhandled = watchProcess();
  try {
    const ticks = feed(Ticks, { log });
    await ticks.publish(Ticks.Tick(1));
    await ticks.end();
    const handler = route(fail, ticks) as (...args: readonly unknown[]) => void;
    const listener: RequestListener = (request, response) =>
      handler(request, response, (error: unknown) => {
        reported.push(String(error));
        response.writeHead(500).end();
      });
    await listen(listener, async (url) => {
      await fetch(url, { headers })
        .then((response) => response.text())
        .catch(() => 'cut');
    });
    return { reported, unhandled: [...(await unhandled.settled())] };
  } finally {
    unhandled.stop();
    replaceErrorReporter(reporter);
  }
}

for (const [callback, cases] of Object.entries(callbacks)) {
  describe(`${callback} that fails`, () => {
    for (const [route, each] of Object.entries(cases)) {
      for (const [how, fail] of Object.entries(failures)) {
        for (const [where, log] of Object.entries(logs)) {
          it(`${route}, and ${how}, is reported, and no error reaches the process, over ${where}`, async () => {
            const { reported, unhandled } = await errorsOf(each, fail, log());
            expect(unhandled).to.deep.equal([]);
            expect(reported.join('\n')).to.include('Error: callback');
          });
        }
      }
    }
  });
}
