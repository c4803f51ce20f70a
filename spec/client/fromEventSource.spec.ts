import { expect } from 'chai';
import { lastValueFrom, take, toArray } from 'rxjs';
import type { ConnectionStatus } from '../../lib/client/ConnectionStatus.ts';
import { type EventSourceLike, fromEventSource, type MessageLike } from '../../lib/client/fromEventSource.ts';
import { setErrorReporter } from '../../lib/error/reportError.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { Ticks } from '../http/ticks.ts';

/** An EventSource that the spec controls. */
class ScriptedEventSource implements EventSourceLike {
  readonly url = 'http://localhost/ticks?token=secret';
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

  /** Fails as after a lost connection (0), or after a response that is not a stream (2). */
  fail(readyState: 0 | 2): void {
    this.readyState = readyState;
    this.dispatch('error');
  }

  get listenerCount(): number {
    return [...this.listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }
}

/** Creates a client, and records its EventSources, their positions and its states. */
function createClient(options: Parameters<typeof fromEventSource>[2] = {}) {
  const sources: ScriptedEventSource[] = [];
  const positions: string[] = [];
  const states: string[] = [];
  const statusObserver = {
    next: (status: ConnectionStatus) =>
      void states.push(status.state === 'retrying' ? `retrying in ${status.delay}` : status.state),
  };
  const stream = fromEventSource(
    (lastEventId) => {
      positions.push(lastEventId);
      const source = new ScriptedEventSource();
      sources.push(source);
      return source;
    },
    Ticks,
    { statusObserver, backoff: { initialDelay: 1, maxDelay: 1 }, ...options },
  );
  const source = (index = 0): ScriptedEventSource => {
    const found = sources[index];
    if (found === undefined) throw new Error(`no EventSource number ${index}`);
    return found;
  };
  return { stream, source, sources, positions, states };
}

describe('fromEventSource', () => {
  it('emits events by name, and gaps, and completes at the end', async () => {
    const { stream, source, states } = createClient();
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
    expect(source().listenerCount).to.equal(0);
    expect(states).to.deep.equal(['connecting', 'open', 'ended']);
  });

  it('sends positions to the observer, also without an event', () => {
    const cursors: string[] = [];
    const { stream, source } = createClient({ cursorObserver: { next: (cursor) => cursors.push(cursor) } });
    stream.subscribe();
    source().dispatch('rxsse.position', '', '1.a.0');
    source().dispatch('tick', '1', '1.a.1');
    source().dispatch('tick', '"bad"', '1.a.2');
    expect(cursors).to.deep.equal(['1.a.0', '1.a.1', '1.a.2']);
  });

  it('treats events that it cannot decode by the policies', () => {
    const issues: string[] = [];
    const { stream, source } = createClient({ onError: (error) => issues.push(...error.issues) });
    stream.subscribe();
    source().dispatch('tick', '"1"', '');
    source().dispatch('message', '1', '');
    expect(issues).to.deep.equal([
      'tick.data: expected number, got string',
      'type: expected one of tick, got another name',
    ]);

    const reported: string[] = [];
    const reporting = createClient();
    setErrorReporter((_error, where) => void reported.push(where));
    try {
      reporting.stream.subscribe();
      reporting.source().dispatch('tick', '"1"', '');
    } finally {
      setErrorReporter(undefined);
    }
    expect(reported).to.deep.equal([
      'fromEventSource http://localhost/ticks (dropped the event "tick" and continues, see invalidEvents)',
    ]);

    const failures: unknown[] = [];
    const failing = createClient({ invalidEvents: 'error' });
    failing.stream.subscribe({ error: (error) => failures.push(error) });
    failing.source().dispatch('tick', '"1"', '');
    expect(failures).to.have.length(1);
    expect(failing.source().readyState).to.equal(2);
  });

  it('lets the EventSource reconnect after a lost connection', () => {
    const { stream, source, sources, states } = createClient();
    stream.subscribe();
    source().open();
    source().fail(0);
    source().open();
    expect(sources).to.have.length(1);
    expect(states).to.deep.equal(['connecting', 'open', 'connecting', 'open']);
  });

  it(
    'creates another EventSource with the position, after a wait, when one failed permanently',
    marbles(({ flush }) => {
      const { stream, source, positions, states } = createClient();
      const seen: unknown[] = [];
      const subscription = stream.subscribe((event) => seen.push(event));
      source().dispatch('tick', '1', '1.a.1');
      source().fail(2);
      expect(states.at(-1)).to.equal('retrying in 1');
      flush();
      expect(positions).to.deep.equal(['', '1.a.1']);
      expect(source(0).listenerCount).to.equal(0);
      source(1).dispatch('tick', '2', '1.a.2');
      expect(seen).to.deep.equal([Ticks.Tick(1), Ticks.Tick(2)]);
      subscription.unsubscribe();
    }),
  );

  it(
    'errors after maxAttempts failures in a row',
    marbles(({ flush }) => {
      const failures: unknown[] = [];
      const { stream, source, sources } = createClient({ backoff: { initialDelay: 1, maxDelay: 1, maxAttempts: 1 } });
      stream.subscribe({ error: (error) => failures.push(error) });
      source(0).fail(2);
      flush();
      source(1).fail(2);
      expect(failures[0]).to.include({ _tag: 'ConnectionError', reason: 'status' });
      expect(sources).to.have.length(2);
    }),
  );

  it('closes the EventSource on unsubscribe, and ignores what it still dispatches', async () => {
    const { stream, source, states } = createClient();
    const first = lastValueFrom(stream.pipe(take(1), toArray()));
    const listeners = ['tick', 'open'].flatMap((name) => [...(source().listeners.get(name) ?? [])]);
    source().dispatch('tick', '1', '');
    expect(await first).to.deep.equal([Ticks.Tick(1)]);
    expect(source().readyState).to.equal(2);
    expect(source().listenerCount).to.equal(0);
    // Some implementations dispatch the rest of a chunk to the listeners of the time when it was received.
    expect(listeners).to.have.length(2);
    for (const listener of listeners) listener({ type: 'tick', data: '2', lastEventId: '' });
    expect(states.at(-1)).to.equal('ended');
  });

  it('errors with what the factory or an observer throws', () => {
    const mistake = new Error('mistake');
    const fail = () => {
      throw mistake;
    };
    const failures: unknown[] = [];
    fromEventSource(fail, Ticks).subscribe({ error: (error) => failures.push(error) });
    const { stream, source } = createClient({ cursorObserver: { next: fail } });
    stream.subscribe({ error: (error) => failures.push(error) });
    source().dispatch('tick', '1', '7');
    expect(failures).to.deep.equal([mistake, mistake]);
    expect(source().readyState).to.equal(2);
  });

  it('throws for a value that is not a contract and for an option out of range', () => {
    expect(() => fromEventSource(() => new ScriptedEventSource(), {} as typeof Ticks)).to.throw(
      TypeError,
      'fromEventSource: contract must be made by events(...), got object',
    );
    expect(() => fromEventSource(() => new ScriptedEventSource(), Ticks, { backoff: { initialDelay: 0 } })).to.throw(
      RangeError,
      'fromEventSource: backoff.initialDelay must be above 0 ms, got 0',
    );
  });
});
