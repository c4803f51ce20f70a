import { expect } from 'chai';
import * as t from 'io-ts';
import { EMPTY, lastValueFrom, NEVER, type Observable, of, Subject, startWith, toArray } from 'rxjs';
import type { BadEventPolicy, FromSseOptions } from '../../lib/client/FromSseOptions.ts';
import { fromSse } from '../../lib/client/fromSse.ts';
import { DateFromISOString } from '../../lib/codec/DateFromISOString.ts';
import { DecodeError } from '../../lib/error/DecodeError.ts';
import { StreamFailedError } from '../../lib/error/StreamFailedError.ts';
import { event } from '../../lib/event/event.ts';
import { events } from '../../lib/event/events.ts';
import { definitionOf } from '../../lib/event/stamp.ts';
import { scriptedFetch } from './scriptedFetch.ts';

const Said = event('said', { text: t.string, at: DateFromISOString });
const Left = event('left');
const Message = event('message', t.number);
const Chat = events({ Said, Left, Message });

const end = 'event: rxsse.end\ndata: null\n\n';

/** What comes of a text, and what is reported. */
async function read<P extends BadEventPolicy = 'drop'>(text: string, options: FromSseOptions<P> = {}) {
  const reports: string[] = [];
  const { fetch } = scriptedFetch({ body: of(text) });
  const onError = (error: DecodeError) => reports.push(...error.issues);
  const stream: Observable<unknown> = fromSse('x:', Chat, { fetch, onError, backoff: { maxAttempts: 0 }, ...options });
  const seen: unknown[] = await lastValueFrom(stream.pipe(toArray())).catch((error: unknown) => ['failed', error]);
  return { seen, reports };
}

describe('fromSse decodes', () => {
  it('each event by its name, into what the contract says, and exactly that', async () => {
    const text =
      'event: said\ndata: {"text":"hi","at":"2026-01-02T03:04:05Z","secret":1}\n\n' +
      'event: left\ndata: null\n\ndata: 5\n\n';
    const { seen, reports } = await read(text + end);
    expect(seen).to.deep.equal([
      { type: 'said', data: { text: 'hi', at: new Date('2026-01-02T03:04:05Z') } },
      { type: 'left', data: null },
      { type: 'message', data: 5 },
    ]);
    expect(reports).to.deep.equal([]);
    // So a server that relays them does not check them again.
    expect(definitionOf(seen[0])).to.equal(Said);
  });

  const unfit: readonly (readonly [what: string, text: string, issue: string])[] = [
    [
      'a name that is not in the contract',
      'event: sung\ndata: 1\n\n',
      'type: expected one of said, left, message, got another name',
    ],
    ['data that is no JSON', 'event: left\ndata: nul\n\n', 'left.data: expected JSON, got other text'],
    ['data of another shape', 'event: said\ndata: {"text":5}\n\n', 'said.data.text: expected string, got number'],
  ];
  for (const [what, text, issue] of unfit) {
    const whole = `id: 1\n${text}id: 2\nevent: left\ndata: null\n\n${end}`;

    it(`and drops ${what}, with a report by path, and moves on`, async () => {
      const cursors: string[] = [];
      const { seen, reports } = await read(whole, { cursorObserver: { next: (cursor) => cursors.push(cursor) } });
      expect(seen).to.deep.equal([Left()]);
      expect(reports[0]).to.equal(issue);
      expect(cursors).to.deep.equal(['1', '2']);
    });

    it(`and fails on ${what}, where it is told to`, async () => {
      const { seen, reports } = await read(whole, { unknownEvents: 'error', invalidEvents: 'error' });
      expect(seen[0]).to.equal('failed');
      expect(seen[1]).to.be.instanceOf(DecodeError);
      expect((seen[1] as DecodeError).issues[0]).to.equal(issue);
      expect(reports).to.deep.equal([]);
    });

    it(`and gives ${what} raw, where it is told to`, async () => {
      const { seen } = await read(whole, { unknownEvents: 'raw', invalidEvents: 'raw' });
      const [raw, left] = seen as [
        { type: string; data: { event: string; text: string; error: DecodeError } },
        unknown,
      ];
      expect(raw.type).to.equal('rxsse.raw');
      expect(text).to.equal(`event: ${raw.data.event}\ndata: ${raw.data.text}\n\n`);
      expect(raw.data.error.issues[0]).to.equal(issue);
      expect(left).to.deep.equal(Left());
    });
  }

  it('by a policy for each of the two', async () => {
    const text = `event: sung\ndata: 1\n\nevent: left\ndata: 1\n\n${end}`;
    expect((await read(text, { unknownEvents: 'drop', invalidEvents: 'raw' })).seen).to.have.length(1);
    expect((await read(text, { unknownEvents: 'raw', invalidEvents: 'drop' })).seen).to.have.length(1);
  });

  it('a gap, at its place', async () => {
    const data = { reason: 'trimmed', requested: '1.a.1', resumedFrom: '1.a.5' };
    const { seen } = await read(
      `event: left\ndata: null\n\nid: 1.a.5\nevent: rxsse.gap\ndata: ${JSON.stringify(data)}\n\ndata: 5\n\n${end}`,
    );
    expect(seen).to.deep.equal([Left(), { type: 'rxsse.gap', data }, Message(5)]);
  });

  it('no gap that does not say what it should: never silently', async () => {
    for (const data of ['null', '', '{"reason":"trimmed"}', '{"reason":1,"requested":null,"resumedFrom":""}', '[']) {
      const { seen } = await read(`event: rxsse.gap\ndata: ${data}\n\n${end}`);
      expect(seen[1], data).to.be.instanceOf(DecodeError);
    }
  });

  it('nothing of what the library says beside events', async () => {
    const { seen, reports } = await read(
      `id: 1\nevent: rxsse.position\ndata:\n\nevent: rxsse.later\ndata: 1\n\nid: 2\n\n${end}`,
      { unknownEvents: 'error' },
    );
    expect(seen).to.deep.equal([]);
    expect(reports).to.deep.equal([]);
  });

  it('no event of a block that only moves the position, which is told', () => {
    const cursors: string[] = [];
    const { fetch } = scriptedFetch({ body: NEVER.pipe(startWith('id: 7\n\n')) });
    const following = fromSse('x:', Chat, {
      fetch,
      cursorObserver: { next: (cursor) => cursors.push(cursor) },
    }).subscribe();
    expect(cursors).to.deep.equal(['7']);
    following.unsubscribe();
  });

  it('an end that failed, as an error, which is not tried again', async () => {
    const { seen } = await read('event: rxsse.end\ndata: {"reason":"failed"}\n\n', { backoff: { maxAttempts: 5 } });
    expect(seen[1]).to.be.instanceOf(StreamFailedError);
  });

  it('the position of the end, so that who comes back with it is told the same', async () => {
    const cursors: string[] = [];
    await read(`id: 1.a.7~\n${end}`, { cursorObserver: { next: (cursor) => cursors.push(cursor) } });
    expect(cursors).to.deep.equal(['1.a.7~']);
  });

  it('nothing where there is no body', async () => {
    const fetch = () => Promise.resolve(new Response(null, { headers: { 'content-type': 'text/event-stream' } }));
    const stream = fromSse('x:', Chat, { fetch, backoff: { maxAttempts: 0 } });
    const error = await lastValueFrom(stream.pipe(toArray())).catch((failure: unknown) => failure);
    expect(error).to.include({ reason: 'closed' });
  });
});

describe('fromSse and its page', () => {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const turn = (visibilityState: string) => {
    page.visibilityState = visibilityState;
    page.dispatchEvent(new Event('visibilitychange'));
  };
  before(() => Object.defineProperty(globalThis, 'document', { value: page, configurable: true }));
  after(() => Reflect.deleteProperty(globalThis, 'document'));
  beforeEach(() => turn('visible'));

  const first = 'id: 1\nevent: left\ndata: null\n\n';

  it('lets go while that is hidden, if asked, and goes on when it is seen', async () => {
    const { fetch, made } = scriptedFetch({ body: NEVER.pipe(startWith(first)) }, { body: of(end) });
    const told: string[] = [];
    const status = { next: ({ state }: { state: string }) => void told.push(state) };
    const whole = lastValueFrom(
      fromSse('x:', Chat, { fetch, statusObserver: status, pauseWhenHidden: true }).pipe(toArray()),
    );
    turn('hidden');
    expect(made[0]?.signal.aborted).to.equal(true);
    expect(made).to.have.length(1);
    turn('visible');
    expect(await whole).to.deep.equal([Left()]);
    expect(made.map(({ lastEventId }) => lastEventId)).to.deep.equal([null, '1']);
    expect(told).to.deep.equal(['connecting', 'open', 'paused', 'connecting', 'open', 'ended']);
  });

  it('goes on after what was delivered, where a handler hides the page in the middle of a chunk', () => {
    const chunk = `${first}id: 2\nevent: left\ndata: null\n\n`;
    const body = new Subject<string>();
    const { fetch, made } = scriptedFetch({ body }, { body: NEVER });
    const following = fromSse('x:', Chat, { fetch, pauseWhenHidden: true }).subscribe(() => turn('hidden'));
    body.next(chunk);
    turn('visible');
    following.unsubscribe();
    expect(made.map(({ lastEventId }) => lastEventId)).to.deep.equal([null, '1']);
  });

  it('waits for a page that is hidden from the start, and leaves it', () => {
    turn('hidden');
    const { fetch, made } = scriptedFetch({ body: EMPTY });
    fromSse('x:', Chat, { fetch, pauseWhenHidden: true }).subscribe().unsubscribe();
    turn('visible');
    expect(made).to.have.length(0);
  });

  it('takes no notice otherwise', () => {
    const { fetch, made } = scriptedFetch({ body: NEVER });
    const following = fromSse('x:', Chat, { fetch }).subscribe();
    turn('hidden');
    expect(made[0]?.signal.aborted).to.equal(false);
    following.unsubscribe();
    expect(made[0]?.signal.aborted).to.equal(true);
  });
});
