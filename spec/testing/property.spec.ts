import { expect } from 'chai';
import * as t from 'io-ts';
import { concat, filter, interval, map, NEVER, type Observable, take, takeUntil } from 'rxjs';
import type { NodeResponse } from '../../lib/adapter/node/NodeResponse.ts';
import { sse } from '../../lib/adapter/node/sse.ts';
import { events } from '../../lib/event/events.ts';
import { feed } from '../../lib/feed/feed.ts';
import { memoryLog } from '../../lib/log/memoryLog.ts';
import { conflateBy } from '../../lib/operator/conflateBy.ts';
import { dedupe } from '../../lib/operator/dedupe.ts';
import { filterEvents } from '../../lib/operator/filterEvents.ts';
import type { SseContext } from '../../lib/sink/SseContext.ts';
import type { SseRequest } from '../../lib/sink/SseRequest.ts';
import { type PropertyOptions, type PropertyWorld, property } from '../../lib/testing/property.ts';
import { message } from '../../lib/wire/Frame.ts';
import { failureOf, firstLineOf, lineAfterThis } from './failureOf.ts';

const Ticks = events({ Tick: { n: t.number } });

/** Emits ticks while the server runs. */
const ticking = ({ stopped }: PropertyWorld) =>
  concat(
    interval(7).pipe(
      take(80),
      map((n) => Ticks.Tick({ n })),
      takeUntil(stopped),
    ),
    NEVER,
  );

const soon = { runs: 15, within: '1s' } as const;

describe('property', function () {
  this.timeout(30_000);

  describe('passes', () => {
    it(
      'for a feed',
      property((world) => sse({ retry: 20 }, feed(Ticks, { source: () => ticking(world) })), soon),
    );

    it(
      'for a feed whose log outlives the server, also when it retains few entries',
      property((world) => {
        const log = world.persist('log', () => memoryLog({ maxEntries: 20 }));
        return sse({ retry: 50 }, feed(Ticks, { log, source: () => ticking(world) }));
      }, soon),
    );

    it(
      'for a pipeline that filters',
      property(
        (world) => {
          const ticks = feed(Ticks, { source: () => ticking(world) });
          const even = (context: SseContext) => ticks.read(context).pipe(filterEvents(({ data }) => data.n % 2 === 0));
          return sse({ retry: 20, heartbeat: 30 }, (context) => even(context));
        },
        { ...soon, filtered: true },
      ),
    );

    it(
      'for pipelines whose events depend on when a reader connected',
      property(
        (world) => {
          const ticks = feed(Ticks, { source: () => ticking(world) });
          const calm = (context: SseContext) => ticks.read(context).pipe(conflateBy(() => 'n', { interval: 40 }));
          return sse({ retry: 20 }, (context) => calm(context));
        },
        { ...soon, filtered: true, stateful: true },
      ),
    );

    it(
      'for a pipeline that drops events that it has emitted recently',
      property(
        (world) => {
          const ticks = feed(Ticks, { source: () => ticking(world) });
          const rounded = (context: SseContext) =>
            ticks.read(context).pipe(dedupe(({ data }) => data.n % 3, { maxAge: 50 }));
          return sse({ retry: 20 }, (context) => rounded(context));
        },
        { ...soon, filtered: true, stateful: true },
      ),
    );

    it(
      'for a run',
      property((world) => sse({ resume: true, retry: 20 }, () => ticking(world)), { ...soon, chunk: 3 }),
    );

    it(
      'for a stream that does not resume and reports it',
      property((world) => sse({ retry: 20 }, ticking(world)), soon),
    );
  });

  describe('fails', () => {
    /** A common handler: each reader receives live events only, with ids that the handler never reads. */
    const liveOnly = (ticks: Observable<string>) => (_request: SseRequest, response: NodeResponse) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('retry: 5\n\n');
      const subscription = ticks.subscribe((n) => response.write(`id: 1.e.${n}\ndata: ${n}\n\n`));
      response.on('error', () => {});
      response.on('close', () => subscription.unsubscribe());
    };
    const lossy = ({ persist, hot }: PropertyWorld) =>
      liveOnly(persist('ticks', () => hot('5ms 1 9ms 2 9ms 3 9ms 4 9ms 5')));
    const repeating = ({ cold }: PropertyWorld) => liveOnly(cold('5ms 1 9ms 2 9ms 3 9ms 4 9ms 5'));

    it('for a lost event, and shows the smallest script and its seed', () => {
      let line = '';
      const failure = failureOf(() => {
        line = lineAfterThis();
        property(lossy, { within: '100ms' })();
      });
      const [, script = '', seed = ''] = /^ {2}script {2}'(.*)'\n {2}seed {4}(\d+)/m.exec(failure.message) ?? [];
      expect(failure.message).to.match(/^property: \d is missing after \d, and no gap reported it, at \d+ ms/);
      expect(script.match(/[A-Z#]/g)).to.have.length(1);
      expect(firstLineOf(failure)).to.equal(line);
      const again = failureOf(property(lossy, { within: '100ms', script, seed: Number(seed) }));
      expect(again.message.split('\n')[0]).to.equal(failure.message.split('\n')[0]);
      property(lossy, { within: '100ms', script: '60ms X' })();
      // Each letter of a script takes a millisecond.
      property(lossy, { within: '100ms', script: '-F-D---' })();
    });

    it('for a repeated event', () => {
      expect(failureOf(property(repeating, { within: '100ms' })).message).to.match(
        /^property: 1 was received again, after \d+/,
      );
    });

    it('for a hole, a change of the epoch, another event at a position, and an id that is no cursor', () => {
      const failing = (ids: readonly (string | undefined)[], filtered = false) => {
        const make = ({ persist, cold }: PropertyWorld) => {
          const served = persist('served', () => ({ readers: 0 }));
          return sse({ resume: 'own-ids' }, () => {
            const reader = served.readers++;
            return cold('ab').pipe(
              map((letter) => {
                const id = ids[letter === 'a' ? 0 : 1];
                return message({ ...(id !== undefined && { id }), data: ids.length > 2 ? reader : letter });
              }),
            );
          });
        };
        return failureOf(property(make, { script: '50ms D', filtered })).message;
      };
      expect(failing(['1.e.1', '1.e.3'])).to.match(/^property: 2 is missing after 1/);
      expect(failing(['1.e.1', '1.f.2'])).to.match(
        /^property: the numbering changed from e to f and no gap reported it/,
      );
      expect(failing(['1.e.1', '1.e.2', 'by reader'])).to.match(
        /^property: e\.1 was another event than another reader/,
      );
      expect(failing(['7', '8'])).to.match(/ids are cursors, got the id 7/);
    });

    it('for an event that is never received', () => {
      const make = ({ cold, persist }: PropertyWorld) => {
        const served = persist('served', () => ({ readers: 0 }));
        return sse({ resume: 'own-ids' }, () => {
          const isWitness = served.readers++ === 0;
          return cold('abc').pipe(
            filter((letter) => isWitness || letter === 'a'),
            map((letter) => message({ id: `1.e.${'abc'.indexOf(letter) + 1}`, data: letter })),
          );
        });
      };
      expect(failureOf(property(make, { script: 'D' })).message).to.match(
        /^property: e\.2 was not received.*has received 1/,
      );
    });

    it('for a stateful route that repeats, leaves a hole, changes its epoch, or sends nothing', () => {
      const failing = (ids: readonly string[], options: PropertyOptions = {}) => {
        const make = ({ persist, hot }: PropertyWorld) => {
          const served = persist('served', () => ({ readers: 0 }));
          const later = hot('50ms c');
          return sse({ resume: 'own-ids' }, () => {
            const reader = served.readers++;
            const frames = ids.map((id) => message({ id, data: reader }));
            return concat(
              frames,
              later.pipe(
                filter(() => reader === 0),
                map(() => message({ id: '1.e.9', data: reader })),
              ),
            );
          });
        };
        return property(make, { script: 'D', filtered: true, stateful: true, ...options });
      };
      expect(failureOf(failing(['1.e.2', '1.e.1'])).message).to.match(/^property: 1 was received again, after 2/);
      expect(failureOf(failing(['1.e.1', '1.f.2'])).message).to.match(/^property: the numbering changed from e to f/);
      expect(failureOf(failing(['1.e.1', '1.e.3'], { filtered: false })).message).to.match(/^property: 2 is missing/);
      expect(failureOf(failing([])).message).to.match(
        /^property: e\.9 was not received, although the reader was connected/,
      );
      // It received other events, which is enough with the option only.
      failing(['1.e.1', '1.e.3'])();
      expect(failureOf(failing(['1.e.1'], { stateful: false })).message).to.match(/was another event than another/);
    });

    it('for a mistake of the route, and for an error that it throws', () => {
      const late = () => (_request: unknown, response: { write(text: string): unknown }) =>
        void interval(5).subscribe(() => response.write(':\n\n'));
      expect(failureOf(property(late, { script: 'X' })).message).to.match(/bytes were written at 5 ms, after/);
      const thrower = () => {
        throw new Error('not made');
      };
      expect(failureOf(property(thrower)).message).to.match(/^property: not made/);
    });
  });

  it('throws for bounds out of range, and for a script that it cannot print', () => {
    expect(() => property(() => sse(NEVER), { runs: 0 })).to.throw(RangeError, 'runs');
    expect(() => property(() => sse(NEVER), { within: 'soon' as '1s' })).to.throw(TypeError, 'within');
    expect(property(() => sse(NEVER), { script: '(XX)' })).to.throw(TypeError, 'one letter for each moment');
    expect(property(() => sse(NEVER), { script: '-|' })).to.throw(TypeError, 'no |');
  });
});
