import { asyncScheduler, Observable } from 'rxjs';
import { ConnectionError, type ConnectionFailure } from '../error/ConnectionError.ts';
import { Alarm } from '../time/Alarm.ts';
import { parseRetryAfter } from '../time/backoff.ts';
import { clock } from '../time/clock.ts';
import type { Message } from '../wire/Frame.ts';
import { type FrameLimits, FrameParser } from '../wire/FrameParser.ts';
import type { ReconnectState } from './reconnecting.ts';

/**
 * Makes one request and emits the messages of its response as they arrive.
 *
 * Completes when the server answers 204, which says that nothing follows; any other end is an error. Unsubscribing
 * releases the socket at once. Fetch returns promises; what they resolve to is taken by `then`, in the same turn.
 *
 * @param prepare prepares the request and returns the function that sends it
 * @param onOpen called when the response turns out to be a stream
 */
export function attempt(
  prepare: (signal: AbortSignal) => () => PromiseLike<Response>,
  state: ReconnectState,
  onOpen: (response: Response) => void,
  limits: FrameLimits,
): Observable<Message> {
  return new Observable((subscriber) => {
    const abort = new AbortController();
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    let isRefused = false;
    const fail = (reason: ConnectionFailure, message: string, cause?: unknown): void =>
      subscriber.error(new ConnectionError(reason, message, { cause }));

    const alarm = new Alarm(subscriber, () => fail('silent', 'the server sent nothing for too long'));
    const restartIdleTimeout = (): void => alarm.set(clock.now() + state.idleTimeout);
    const parser = new FrameParser({
      ...limits,
      lastEventId: state.lastEventId,
      onMessage: (message) => subscriber.next(message),
      onPosition: (id) => {
        state.lastEventId = id;
      },
      onRetry: ({ ms }) => {
        state.backoff.serverDelay = ms;
      },
    });
    subscriber.add(() => {
      parser.stop();
      abort.abort();
      // A custom fetch may ignore the signal.
      reader?.cancel().then(undefined, () => {});
    });

    /** Runs what a promise calls, which would swallow an exception. */
    const guard = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        subscriber.error(error);
      }
    };
    const onResponse = (response: Response): void => {
      if (subscriber.closed) return void response.body?.cancel().then(undefined, () => {});
      if (response.status === 204) return subscriber.complete();
      const failure = checkHead(response);
      if (failure !== undefined) return subscriber.error(failure);

      const interval = Number(response.headers.get('rxsse-heartbeat'));
      if (interval > 0) state.setServerInterval(interval);
      restartIdleTimeout();
      isRefused = response.headers.get('rxsse-resume') === 'refused';
      if (!isRefused) onOpen(response);
      reader = response.body?.getReader();
      if (reader === undefined) onEnd();
      else read(reader);
    };
    const read = (body: ReadableStreamDefaultReader<Uint8Array>): void => {
      body.read().then(
        (result) =>
          guard(() => {
            if (subscriber.closed) return;
            if (result.done) return onEnd();
            restartIdleTimeout();
            parser.push(result.value);
            if (subscriber.closed) return;
            state.notifyCursor();
            read(body);
          }),
        (cause) => fail('broken', 'the connection broke', cause),
      );
    };
    const onEnd = (): void => {
      if (isRefused) fail('refused', 'the server accepts no more readers now');
      else fail('closed', 'the response ended before the stream did');
    };

    const send = prepare(abort.signal);
    restartIdleTimeout();
    send().then(
      (response) => guard(() => onResponse(response)),
      (cause) => fail('unreachable', 'the server did not respond', cause),
    );
  });
}

/** Returns why a response is not an event stream; `undefined` if it is one. */
function checkHead({ status, headers }: Response): ConnectionError | undefined {
  if (status !== 200) {
    return new ConnectionError('status', `expected an event stream, got status ${status}`, {
      status,
      retryAfter: parseRetryAfter(headers.get('retry-after'), asyncScheduler.now()),
    });
  }
  const type = mimeType(headers.get('content-type') ?? '');
  if (type === 'text/event-stream') return undefined;
  return new ConnectionError('type', 'expected the Content-Type text/event-stream, got another one', { status });
}

/**
 * Returns the MIME type of a response without its parameters; the last valid one if the header was sent repeatedly.
 *
 * @see https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
 */
function mimeType(header: string): string | undefined {
  // Quoted values of parameters are removed first, since they may contain commas and semicolons.
  const values = header
    .toLowerCase()
    .replace(/"(?:\\.|[^"\\])*"?/g, '')
    .split(',');
  const types = values.map((value) => value.replace(/;.*/s, '').trim());
  return types.findLast((type) => type !== '*/*' && /^[^\s/]+\/[^\s/]+$/.test(type));
}
