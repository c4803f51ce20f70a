import { expect } from 'chai';
import * as t from 'io-ts';
import { catchError, EMPTY, lastValueFrom, map, NEVER, type Observable, of, startWith, toArray } from 'rxjs';
import type { BadEventPolicy, FromSseOptions } from '../../lib/client/FromSseOptions.ts';
import { fromSse } from '../../lib/client/fromSse.ts';
import { DateFromISOString } from '../../lib/codec/DateFromISOString.ts';
import type { ConnectionError } from '../../lib/error/ConnectionError.ts';
import { DecodeError } from '../../lib/error/DecodeError.ts';
import { setErrorReporter } from '../../lib/error/reportError.ts';
import { StreamFailedError } from '../../lib/error/StreamFailedError.ts';
import { event } from '../../lib/event/event.ts';
import { events } from '../../lib/event/events.ts';
import { definitionOf } from '../../lib/event/stamp.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { scriptedFetch } from './scriptedFetch.ts';

const Posted = event('posted', { text: t.string, at: DateFromISOString });
const Left = event('left');
const Message = event('message', t.number);
const Chat = events({ Posted, Left, Message });

const end = 'event: rxsse.end\ndata: null\n\n';

/** Reads a text to its end; resolves to what was emitted and what was reported. */
async function read<P extends BadEventPolicy = 'drop', I extends boolean = false>(
  text: string,
  options: FromSseOptions<P, I> = {},
) {
  const reports: string[] = [];
  const { fetch } = scriptedFetch({ body: of(text) });
  const onError = (error: DecodeError) => reports.push(...error.issues);
  const stream: Observable<unknown> = fromSse('x:', Chat, { fetch, onError, backoff: { maxAttempts: 0 }, ...options });
  const seen: unknown[] = await lastValueFrom(stream.pipe(toArray())).catch((error: unknown) => ['failed', error]);
  return { seen, reports };
}

describe('fromSse', () => {
  it('decodes each event by its name, exactly to the type that the contract declares', async () => {
    const text =
      'event: posted\ndata: {"text":"hi","at":"2026-01-02T03:04:05Z","secret":1}\n\n' +
      'event: left\ndata: null\n\ndata: 5\n\n';
    const { seen, reports } = await read(text + end);
    expect(seen).to.deep.equal([
      { type: 'posted', data: { text: 'hi', at: new Date('2026-01-02T03:04:05Z') } },
      { type: 'left', data: null },
      { type: 'message', data: 5 },
    ]);
    expect(reports).to.deep.equal([]);
    // A server that relays the events need not check them again.
    expect(definitionOf(seen[0])).to.equal(Posted);
  });

  const badEvents: readonly (readonly [what: string, text: string, issue: string])[] = [
    [
      'a name that is not in the contract',
      'event: sung\ndata: 1\n\n',
      'type: expected one of posted, left, message, got another name',
    ],
    ['data that is not JSON', 'event: left\ndata: nul\n\n', 'left.data: expected JSON, got other text'],
    ['data of another shape', 'event: posted\ndata: {"text":5}\n\n', 'posted.data.text: expected string, got number'],
  ];
  for (const [what, text, issue] of badEvents) {
    const whole = `id: 1\n${text}id: 2\nevent: left\ndata: null\n\n${end}`;

    it(`drops ${what}, reports it by path, and continues`, async () => {
      const cursors: string[] = [];
      const { seen, reports } = await read(whole, { cursorObserver: { next: (cursor) => cursors.push(cursor) } });
      expect(seen).to.deep.equal([Left()]);
      expect(reports[0]).to.equal(issue);
      expect(cursors).to.deep.equal(['1', '2']);
    });

    it(`errors for ${what} if the policy is error`, async () => {
      const { seen, reports } = await read(whole, { unknownEvents: 'error', invalidEvents: 'error' });
      expect(seen[0]).to.equal('failed');
      expect(seen[1]).to.be.instanceOf(DecodeError);
      expect((seen[1] as DecodeError).issues[0]).to.equal(issue);
      expect(reports).to.deep.equal([]);
    });

    it(`emits ${what} raw if the policy is raw`, async () => {
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

  it('has separate policies for unknown and for invalid events', async () => {
    const text = `event: sung\ndata: 1\n\nevent: left\ndata: 1\n\n${end}`;
    expect((await read(text, { unknownEvents: 'drop', invalidEvents: 'raw' })).seen).to.have.length(1);
    expect((await read(text, { unknownEvents: 'raw', invalidEvents: 'drop' })).seen).to.have.length(1);
  });

  it('emits a gap in order', async () => {
    const data = { reason: 'trimmed', requested: '1.a.1', resumedFrom: '1.a.5' };
    const { seen } = await read(
      `event: left\ndata: null\n\nid: 1.a.5\nevent: rxsse.gap\ndata: ${JSON.stringify(data)}\n\ndata: 5\n\n${end}`,
    );
    expect(seen).to.deep.equal([Left(), { type: 'rxsse.gap', data }, Message(5)]);
  });

  it('errors for a malformed gap instead of dropping it', async () => {
    for (const data of ['null', '', '{"reason":"trimmed"}', '{"reason":1,"requested":null,"resumedFrom":""}', '[']) {
      const { seen } = await read(`event: rxsse.gap\ndata: ${data}\n\n${end}`);
      expect(seen[1], data).to.be.instanceOf(DecodeError);
    }
  });

  it('emits no message of the library that is not an event', async () => {
    const { seen, reports } = await read(
      `id: 1\nevent: rxsse.position\ndata:\n\nevent: rxsse.later\ndata: 1\n\nid: 2\n\n${end}`,
      { unknownEvents: 'error' },
    );
    expect(seen).to.deep.equal([]);
    expect(reports).to.deep.equal([]);
  });

  it('emits no event for a frame that only moves the position, and sends the position to the observer', () => {
    const cursors: string[] = [];
    const { fetch } = scriptedFetch({ body: NEVER.pipe(startWith('id: 7\n\n')) });
    const subscription = fromSse('x:', Chat, {
      fetch,
      cursorObserver: { next: (cursor) => cursors.push(cursor) },
    }).subscribe();
    expect(cursors).to.deep.equal(['7']);
    subscription.unsubscribe();
  });

  it('emits each event with its position if withId is true', async () => {
    const { seen } = await read(`id: 7\nevent: left\ndata: null\n\nevent: left\ndata: null\n\n${end}`, {
      withId: true,
    });
    expect(seen).to.deep.equal([
      { id: '7', event: Left() },
      { id: '7', event: Left() },
    ]);
  });

  it('emits the text of textEvents as it is, and completes at the endMarker', async () => {
    const Texts = events({ Message: t.string });
    const { fetch } = scriptedFetch({ body: of('data: a\ndata: "b"\n\ndata: [DONE]\n\ndata: c\n\n') });
    const stream = fromSse('x:', Texts, { fetch, textEvents: ['message'], endMarker: '[DONE]' });
    expect(await lastValueFrom(stream.pipe(toArray()))).to.deep.equal([Texts.Message('a\n"b"')]);
  });

  it('errors when the response to a POST ends without its endMarker', async () => {
    const answer = (body: string) => {
      const { fetch } = scriptedFetch({ body: of(body) });
      const options = { fetch, method: 'POST', body: '{}', textEvents: ['message'], endMarker: '[DONE]' };
      return fromSse('x:', events({ Message: t.string }), options).pipe(
        map(({ data }) => data),
        catchError((error: ConnectionError) => of(`${error.name} ${error.reason}`)),
        toArray(),
      );
    };
    expect(await lastValueFrom(answer('data: a\n\n'))).to.deep.equal(['a', 'ConnectionError closed']);
    expect(await lastValueFrom(answer('data: a\n\ndata: [DONE]\n\n'))).to.deep.equal(['a']);
  });

  it('passes comments to the commentObserver', async () => {
    const comments: string[] = [];
    await read(`: still here\n\n${end}`, { commentObserver: { next: (text) => comments.push(text) } });
    expect(comments).to.deep.equal(['still here']);
  });

  it('reports a dropped event with its name, the URL, what follows and the option that decides it if no onError receives it', async () => {
    const reported: string[] = [];
    setErrorReporter((error, where) => void reported.push(`${where} ${(error as DecodeError).event}`));
    try {
      const { fetch } = scriptedFetch({ body: of(`event: sung\ndata: 1\n\nevent: left\ndata: 1\n\n${end}`) });
      await lastValueFrom(fromSse('x:chat?token=secret', Chat, { fetch }).pipe(toArray()));
    } finally {
      setErrorReporter(undefined);
    }
    expect(reported).to.deep.equal([
      'fromSse x:chat (dropped the event "sung" and continues, see unknownEvents) sung',
      'fromSse x:chat (dropped the event "left" and continues, see invalidEvents) left',
    ]);
  });

  it('errors for a failed end, and does not reconnect', async () => {
    const { seen } = await read('event: rxsse.end\ndata: {"reason":"failed"}\n\n', { backoff: { maxAttempts: 5 } });
    expect(seen[1]).to.be.instanceOf(StreamFailedError);
  });

  it('sends the position of the end to the observer', async () => {
    const cursors: string[] = [];
    await read(`id: 1.a.7~\n${end}`, { cursorObserver: { next: (cursor) => cursors.push(cursor) } });
    expect(cursors).to.deep.equal(['1.a.7~']);
  });

  it('errors for a response without a body, which is not requested again', async () => {
    const fetch = () => Promise.resolve(new Response(null, { headers: { 'content-type': 'text/event-stream' } }));
    const stream = fromSse('x:', Chat, { fetch });
    const error = await lastValueFrom(stream.pipe(toArray())).catch((failure: unknown) => failure);
    expect(error).to.include({ reason: 'no-body', status: 200 });
  });
});

describe('fromSse with pauseWhenHidden', () => {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const setVisibility = (visibilityState: string) => {
    page.visibilityState = visibilityState;
    page.dispatchEvent(new Event('visibilitychange'));
  };
  before(() => Object.defineProperty(globalThis, 'document', { value: page, configurable: true }));
  after(() => Reflect.deleteProperty(globalThis, 'document'));
  beforeEach(() => setVisibility('visible'));

  const first = 'id: 1\nevent: left\ndata: null\n\n';

  it(
    'disconnects when the page has been hidden for 5 s, and resumes when it is visible',
    marbles(({ cold, expectObservable, flush }) => {
      const { fetch, requests } = scriptedFetch({ body: NEVER.pipe(startWith(first)) }, { body: of(end) });
      const states: string[] = [];
      const status = { next: ({ state }: { state: string }) => void states.push(state) };
      cold('-h-v-h 6s v', { h: 'hidden', v: 'visible' }).subscribe(setVisibility);
      const stream = fromSse('x:', Chat, { fetch, statusObserver: status, pauseWhenHidden: true });
      expectObservable(stream).toBe('l 6005ms |', { l: Left() });
      flush();
      expect(requests.map(({ at, lastEventId }) => [at, lastEventId])).to.deep.equal([
        [0, null],
        [6006, '1'],
      ]);
      expect(states).to.deep.equal(['connecting', 'open', 'paused', 'connecting', 'open', 'ended']);
    }),
  );

  it('makes no request while the page is hidden from the start', () => {
    setVisibility('hidden');
    const { fetch, requests } = scriptedFetch({ body: EMPTY });
    fromSse('x:', Chat, { fetch, pauseWhenHidden: true }).subscribe().unsubscribe();
    setVisibility('visible');
    expect(requests).to.have.length(0);
  });

  it('stays connected on a hidden page without the option', () => {
    const { fetch, requests } = scriptedFetch({ body: NEVER });
    const subscription = fromSse('x:', Chat, { fetch }).subscribe();
    setVisibility('hidden');
    expect(requests[0]?.signal.aborted).to.equal(false);
    subscription.unsubscribe();
    expect(requests[0]?.signal.aborted).to.equal(true);
  });
});
