import { expect } from 'chai';
import * as t from 'io-ts';
import { fromSse } from '../../lib/client/index.ts';
import { type DecodeError, events, feed, filterEvents, memoryLog, sse } from '../../lib/index.ts';
import { asyncMarbles } from '../../lib/testing/asyncMarbles.ts';
import { fetchOf } from '../../lib/testing/fetchOf.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { received } from './received.ts';

const Before = events({ Tick: t.union([t.number, t.string]), Tock: t.number });
const Ticks = events({ Tick: t.number });

/** A log that another version of the program wrote to, and the feed of this version. */
function stored() {
  const log = memoryLog();
  const before = feed(Before, { log });
  before.publish([Before.Tick(1), Before.Tick('two'), Before.Tock(3), Before.Tick(4)]);
  const errors: DecodeError[] = [];
  const ticks = feed(Ticks, { log, onError: (error) => void errors.push(error as DecodeError) });
  return { ticks, errors };
}

describe('an entry that the contract of its feed cannot decode', () => {
  it(
    'is skipped by a pipeline and reported, and a reader that reconnects does not receive it',
    marbles(({ reader, flush }) => {
      const { ticks, errors } = stored();
      const route = sse({ resume: { from: 'oldest' } }, (context) =>
        ticks.read(context).pipe(filterEvents(() => true)),
      );
      const r = reader(route, { socket: '10ms X' });
      flush();
      expect([received(r), r.cutAt]).to.deep.equal([['position', '1', '4'], undefined]);
      expect(errors.map(({ event, issues }) => [event, ...issues])).to.deep.equal([
        ['tick', 'tick.data: expected number, got string'],
        ['tock', 'type: expected one of tick, got another name; did you mean tick?'],
      ]);
      const again = reader(route, { lastEventId: r.lastEventId, at: '20ms', socket: '30ms X' });
      flush();
      expect([received(again), errors.length]).to.deep.equal([['position'], 2]);
    }),
  );

  it(
    'is reported without its text where that is not JSON',
    marbles(({ flush }) => {
      const log = memoryLog();
      log.append([{ event: 'tick', data: 'secret', retry: undefined }]);
      const errors: unknown[] = [];
      const ticks = feed(Ticks, { log, onError: (error) => errors.push(String(error)) });
      ticks.events({ from: 'oldest' }).subscribe();
      flush();
      expect(errors).to.deep.equal([
        'DecodeError: value does not match its codec: tick.data: expected JSON, got other text',
      ]);
    }),
  );

  it(
    'is skipped by events() and entries(), and reported',
    marbles(({ flush }) => {
      const { ticks, errors } = stored();
      const [all, positions]: [unknown[], number[]] = [[], []];
      ticks.events({ from: 'oldest' }).subscribe(({ data }) => all.push(data));
      ticks.entries({ from: 'oldest' }).subscribe(({ sequence }) => positions.push(sequence));
      flush();
      expect([all, positions, errors.length]).to.deep.equal([[1, 4], [1, 4], 2]);
    }),
  );

  it(
    'is sent as it is stored by a route that mounts the feed, and the client drops and reports it on the same connection',
    asyncMarbles(async () => {
      const { ticks } = stored();
      const requests: unknown[] = [];
      const fetch = fetchOf(sse({ resume: { from: 'oldest' }, heartbeat: false }, ticks));
      const [all, errors]: [unknown[], unknown[]] = [[], []];
      const subscription = fromSse('/', Ticks, {
        fetch: (input, init) => {
          requests.push(input);
          return fetch(input, init);
        },
        idleTimeout: Infinity,
        onError: (error) => errors.push(error.name),
      }).subscribe(({ data }) => all.push(data));
      await new Promise((resolve) => setTimeout(resolve, 5000));
      subscription.unsubscribe();
      expect([all, errors, requests.length]).to.deep.equal([[1, 4], ['DecodeError', 'DecodeError'], 1]);
    }),
  );
});
