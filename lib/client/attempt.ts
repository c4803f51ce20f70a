import { Observable } from 'rxjs';
import { ConnectionError, type ConnectionFailure } from '../error/ConnectionError.ts';
import type { Message } from '../wire/Frame.ts';
import { type FrameLimits, FrameParser } from '../wire/FrameParser.ts';
import { failureOf } from './checkHead.ts';
import type { ReconnectState } from './Memory.ts';
import { watchSilence } from './watchSilence.ts';

/** The answer is a stream, and is said to be one to who waits for it. */
export type Opened = (response: Response) => void;

/**
 * Makes one request and reads one response: its messages, as they come.
 *
 * Completes when the server says by 204 that there is nothing; any other end is
 * an error. Unsubscribing releases the socket at once. Fetch has promises, so
 * there are some here; what they give is taken by `then` in the turn it comes.
 */
export function attempt(
  send: (signal: AbortSignal) => () => PromiseLike<Response>,
  memory: ReconnectState,
  opened: Opened,
  limits: FrameLimits,
): Observable<Message> {
  return new Observable((subscriber) => {
    const abort = new AbortController();
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    let isRefused = false;
    const lose = (reason: ConnectionFailure, message: string, cause?: unknown): void =>
      subscriber.error(new ConnectionError(reason, message, { cause }));

    const watch = watchSilence(() => lose('silent', 'nothing came for too long'));
    const parser = new FrameParser({
      ...limits,
      lastEventId: memory.lastEventId,
      onMessage: (message) => subscriber.next(message),
      onPosition: (id) => {
        memory.lastEventId = id;
      },
      onRetry: ({ ms }) => {
        memory.backoff.asked = ms;
      },
    });
    subscriber.add(() => {
      parser.stop();
      watch.stop();
      abort.abort();
      // A fetch of the user's own may not heed the signal.
      reader?.cancel().then(undefined, () => {});
    });

    /** Runs what a promise calls, where a throw would be heard by nobody. */
    const contain = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        subscriber.error(error);
      }
    };

    const read = (body: ReadableStreamDefaultReader<Uint8Array>): void => {
      body.read().then(
        (result) =>
          contain(() => {
            if (subscriber.closed) return;
            if (result.done) return end();
            watch.heard();
            parser.push(result.value);
            if (subscriber.closed) return;
            memory.settle();
            read(body);
          }),
        (cause) => lose('broken', 'the connection broke', cause),
      );
    };
    const end = (): void => {
      if (isRefused) lose('refused', 'the server takes no more readers now');
      else lose('closed', 'the response ended, and not the stream');
    };
    const begin = (response: Response): void => {
      if (subscriber.closed) return void response.body?.cancel().then(undefined, () => {});
      if (response.status === 204) return subscriber.complete();
      const failure = failureOf(response);
      if (failure !== undefined) return subscriber.error(failure);

      const announced = Number(response.headers.get('rxsse-liveness'));
      if (announced > 0) memory.announce(announced);
      watch.allow(memory.silence);
      isRefused = response.headers.get('rxsse-resume') === 'refused';
      if (!isRefused) opened(response);
      reader = response.body?.getReader();
      if (reader === undefined) end();
      else read(reader);
    };

    const ask = send(abort.signal);
    watch.allow(memory.silence);
    ask().then(
      (response) => contain(() => begin(response)),
      (cause) => lose('unreachable', 'no answer came', cause),
    );
  });
}
