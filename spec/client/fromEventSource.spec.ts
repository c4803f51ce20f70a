import { expect } from 'chai';
import { lastValueFrom, take, toArray } from 'rxjs';
import { type EventSourceLike, fromEventSource, type MessageLike } from '../../lib/client/fromEventSource.ts';
import type { ConnectionStatus } from '../../lib/client/Status.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { Ticks } from '../http/ticks.ts';

/** An EventSource that dispatches what it is told to. */
class Scripted implements EventSourceLike {
  readyState = 0;
  readonly listeners = new Map<string, Set<(event: MessageLike) => void>>();

  addEventListener(type: string, listener: (event: MessageLike) => void): void {
    this.listeners.set(type, (this.listeners.get(type) ?? new Set()).add(listener));
  }

  removeEventListener(type: string, listener: (event: MessageLike) => void): void {
    this.listeners.get(type)?.delete(listener);
  }

  close(): void {
    this.readyState = 2;
  }

  dispatch(type: string, data?: unknown, lastEventId?: string): void {
    const event = {
      type,
      ...(data === undefined ? {} : { data }),
      ...(lastEventId === undefined ? {} : { lastEventId }),
    };
    for (const listener of [...(this.listeners.get(type) ?? [])]) listener(event);
  }

  open(): void {
    this.readyState = 1;
    this.dispatch('open');
  }

  /** What happens at a lost line, and at an answer that is no stream. */
  fail(readyState: 0 | 2): void {
    this.readyState = readyState;
    this.dispatch('error');
  }

  get listening(): number {
    return [...this.listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }
}

/** A client, all EventSources that it made, and all that it told. */
function following(options: Parameters<typeof fromEventSource>[2] = {}) {
  const sources: Scripted[] = [];
  const positions: string[] = [];
  const told: string[] = [];
  const status = {
    next: (said: ConnectionStatus) =>
      void told.push(said.state === 'retrying' ? `retrying in ${said.delay}` : said.state),
  };
  const stream = fromEventSource(
    (lastEventId) => {
      positions.push(lastEventId);
      const source = new Scripted();
      sources.push(source);
      return source;
    },
    Ticks,
    { statusObserver: status, backoff: { initialDelay: 1, maxDelay: 1 }, ...options },
  );
  const source = (index = 0): Scripted => {
    const found = sources[index];
    if (found === undefined) throw new Error(`no EventSource number ${index}`);
    return found;
  };
  return { stream, source, sources, positions, told };
}

describe('fromEventSource', () => {
  it('gives events by name, and gaps, and completes at the end', async () => {
    const { stream, source, told } = following();
    const whole = lastValueFrom(stream.pipe(toArray()));
    source().open();
    source().dispatch('rxsse.position', '', '1.a.0');
    source().dispatch('tick', '1', '1.a.1');
    const data = { reason: 'trimmed', requested: null, resumedFrom: '1.a.4' };
    source().dispatch('rxsse.gap', JSON.stringify(data), '1.a.4');
    source().dispatch('tick', '5', '1.a.5');
    source().dispatch('rxsse.end', 'null', '1.a.5~');
    expect(await whole).to.deep.equal([Ticks.Tick(1), { type: 'rxsse.gap', data }, Ticks.Tick(5)]);
    expect(source().readyState).to.equal(2);
    expect(source().listening).to.equal(0);
    expect(told).to.deep.equal(['connecting', 'open', 'ended']);
  });

  it('tells positions, without an event too', () => {
    const cursors: string[] = [];
    const { stream, source } = following({ cursorObserver: { next: (cursor) => cursors.push(cursor) } });
    stream.subscribe();
    source().dispatch('rxsse.position', '', '1.a.0');
    source().dispatch('tick', '1', '1.a.1');
    source().dispatch('tick', '"bad"', '1.a.2');
    expect(cursors).to.deep.equal(['1.a.0', '1.a.1', '1.a.2']);
  });

  it('treats what it cannot decode as it is told to', () => {
    const issues: string[] = [];
    const { stream, source } = following({ onError: (error) => issues.push(...error.issues) });
    stream.subscribe();
    source().dispatch('tick', '"1"', '');
    source().dispatch('message', '1', '');
    expect(issues).to.deep.equal([
      'tick.data: expected number, got string',
      'type: expected one of tick, got another name',
    ]);

    const failures: unknown[] = [];
    const failing = following({ invalidEvents: 'error' });
    failing.stream.subscribe({ error: (error) => failures.push(error) });
    failing.source().dispatch('tick', '"1"', '');
    expect(failures).to.have.length(1);
    expect(failing.source().readyState).to.equal(2);
  });

  it('leaves a lost line to the EventSource itself', () => {
    const { stream, source, sources, told } = following();
    stream.subscribe();
    source().open();
    source().fail(0);
    source().open();
    expect(sources).to.have.length(1);
    expect(told).to.deep.equal(['connecting', 'open', 'connecting', 'open']);
  });

  it(
    'makes another where one was closed for good, with its position, after a wait',
    marbles(({ flush }) => {
      const { stream, source, positions, told } = following();
      const seen: unknown[] = [];
      const follower = stream.subscribe((event) => seen.push(event));
      source().dispatch('tick', '1', '1.a.1');
      source().fail(2);
      expect(told.at(-1)).to.equal('retrying in 1');
      flush();
      expect(positions).to.deep.equal(['', '1.a.1']);
      expect(source(0).listening).to.equal(0);
      source(1).dispatch('tick', '2', '1.a.2');
      expect(seen).to.deep.equal([Ticks.Tick(1), Ticks.Tick(2)]);
      follower.unsubscribe();
    }),
  );

  it(
    'gives up when it failed as often in a row as it may',
    marbles(({ flush }) => {
      const failures: unknown[] = [];
      const { stream, source, sources } = following({ backoff: { initialDelay: 1, maxDelay: 1, maxAttempts: 1 } });
      stream.subscribe({ error: (error) => failures.push(error) });
      source(0).fail(2);
      flush();
      source(1).fail(2);
      expect(failures[0]).to.include({ _tag: 'ConnectionError', reason: 'status' });
      expect(sources).to.have.length(2);
    }),
  );

  it('is closed when it is left, and hears nothing after, whatever still comes', async () => {
    const { stream, source, told } = following();
    const first = lastValueFrom(stream.pipe(take(1), toArray()));
    const listeners = ['tick', 'open'].flatMap((name) => [...(source().listeners.get(name) ?? [])]);
    source().dispatch('tick', '1', '');
    expect(await first).to.deep.equal([Ticks.Tick(1)]);
    expect(source().readyState).to.equal(2);
    expect(source().listening).to.equal(0);
    // As one does that dispatches the rest of a chunk to those who listened when it came.
    expect(listeners).to.have.length(2);
    for (const listener of listeners) listener({ type: 'tick', data: '2', lastEventId: '' });
    expect(told.at(-1)).to.equal('ended');
  });

  it('fails with what its makers and hearers throw', () => {
    const mistake = new Error('mistake');
    const fail = () => {
      throw mistake;
    };
    const failures: unknown[] = [];
    fromEventSource(fail, Ticks).subscribe({ error: (error) => failures.push(error) });
    const { stream, source } = following({ cursorObserver: { next: fail } });
    stream.subscribe({ error: (error) => failures.push(error) });
    source().dispatch('tick', '1', '7');
    expect(failures).to.deep.equal([mistake, mistake]);
    expect(source().readyState).to.equal(2);
  });

  it('refuses mistakes at once', () => {
    expect(() => fromEventSource(() => new Scripted(), {} as typeof Ticks)).to.throw(TypeError, 'expected a contract');
    expect(() => fromEventSource(() => new Scripted(), Ticks, { backoff: { initialDelay: 0 } })).to.throw(
      RangeError,
      'fromEventSource: backoff.initialDelay must be above 0 ms, got 0',
    );
  });
});
