import { asyncScheduler, Observable } from 'rxjs';
import { shorten } from '../data/shorten.ts';
import { ConnectionError, type ConnectionFacts, type ConnectionFailure } from '../error/ConnectionError.ts';
import { Alarm } from '../time/Alarm.ts';
import { parseRetryAfter } from '../time/backoff.ts';
import { clock } from '../time/clock.ts';
import type { Message } from '../wire/Frame.ts';
import { FrameParser } from '../wire/FrameParser.ts';
import type { ClientFetchOptions, RequestTarget } from './FromSseOptions.ts';
import { isSameOrigin, shownUrl } from './prepareRequest.ts';
import type { Reconnector } from './Reconnector.ts';
import { readProblem } from './readProblem.ts';

/** How long a server may take to answer, unless an option sets it, in milliseconds. */
const defaultAnswerTimeout = 30_000;

/** Says what a transport knows about a request and its response. */
interface AttemptHooks {
  readonly target: RequestTarget;
  /** Called when the response turns out to be a stream. */
  readonly onOpen: (response: Response) => void;
  /** Returns true if the end of the response is the end of the stream. */
  readonly endsStream: () => boolean;
}

/**
 * Makes one request and emits the messages of its response as they arrive.
 *
 * Completes when the server answers 204, which says that nothing follows, and at the end of a response that is the end
 * of the stream; any other end is an error. Unsubscribing releases the socket at once. Fetch returns promises; what they
 * resolve to is taken by `then`, in the same turn.
 *
 * @param prepare prepares the request and returns the function that sends it
 */
export function attempt(
  prepare: (signal: AbortSignal) => () => PromiseLike<Response>,
  client: Reconnector,
  { target, onOpen, endsStream }: AttemptHooks,
  options: ClientFetchOptions,
): Observable<Message> {
  return new Observable((subscriber) => {
    const abort = new AbortController();
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    let isRefused = false;
    let isTimed = true;
    const fail = (reason: ConnectionFailure, message: string, facts?: ConnectionFacts): void =>
      subscriber.error(new ConnectionError(reason, message, facts));

    // Runs last: after a busy time the timer is due before the bytes of that time were read.
    const alarm = new Alarm(subscriber, () => fail('silent', 'the server sent nothing for too long'), true);
    /** Gives the server that many milliseconds for its next byte. */
    const expectByte = (timeout: number): void => {
      if (timeout === Infinity && !isTimed) return;
      isTimed = timeout !== Infinity;
      alarm.set(clock.now() + timeout);
    };
    const { commentObserver, maxEventBytes, maxLineBytes } = options;
    const parser = new FrameParser({
      maxEventBytes,
      maxLineBytes,
      lastEventId: client.lastEventId,
      onMessage: (message) => subscriber.next(message),
      onPosition: (id) => client.moveTo(id),
      onRetry: ({ ms }) => {
        client.backoff.serverDelay = ms;
      },
      onComment: commentObserver && (({ text }) => commentObserver.next(text)),
      onOversized: (error) => client.onOversized(error),
    });
    subscriber.add(() => {
      parser.stop();
      abort.abort();
      // A custom fetch may ignore the signal.
      reader?.cancel().then(undefined, () => {});
    });

    /** Runs a callback of a promise and passes what it throws to the subscriber. */
    const guard = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        subscriber.error(error);
      }
    };
    const onResponse = (response: Response): void => {
      const { status, headers, body } = response;
      if (subscriber.closed) return void body?.cancel().then(undefined, () => {});
      if (status === 204) return subscriber.complete();
      const type = mimeType(headers.get('content-type') ?? '');
      if (status !== 200 || type !== 'text/event-stream') return onOtherResponse(response, type);
      // A body that cannot be read is a mistake of the fetch; a repetition would not help.
      if (typeof body?.getReader !== 'function') {
        return fail('no-body', 'fetch returned no stream to read; pass one that streams as the option fetch', {
          status,
          headers,
        });
      }
      const interval = Number(headers.get('rxsse-heartbeat'));
      if (interval > 0 && options.idleTimeout === undefined) client.idleTimeout = 2 * interval + 1000;
      expectByte(client.idleTimeout);
      isRefused = headers.get('rxsse-resume') === 'refused';
      // Before the observer is notified, which may unsubscribe.
      reader = body.getReader();
      if (!isRefused) onOpen(response);
      read(reader);
    };
    /** Errors for a response that is not a stream, with its body if that is short JSON. */
    const onOtherResponse = ({ status, headers, body }: Response, type: string | undefined): void => {
      const reject = (problem?: unknown): void => {
        const retryAfter = parseRetryAfter(headers.get('retry-after'), asyncScheduler.now());
        const facts = { status, headers, problem, retryAfter };
        const { detail } = Object(problem) as { readonly detail?: unknown };
        const from = ` from ${client.url}${typeof detail === 'string' ? `: ${shorten(detail, 200)}` : ''}`;
        if (status !== 200) fail('status', `expected an event stream, got status ${status}${from}`, facts);
        else {
          const got = shorten(type ?? 'none', 80);
          fail('type', `expected the Content-Type text/event-stream, got ${got}${from}`, facts);
        }
      };
      if (typeof body?.getReader !== 'function') return reject();
      reader = body.getReader();
      if (!/^application\/(.+\+)?json$/.test(type ?? '')) return reject();
      expectByte(Infinity);
      readProblem(reader, reject);
    };
    const read = (body: ReadableStreamDefaultReader<Uint8Array>): void => {
      body.read().then(
        (result) =>
          guard(() => {
            if (subscriber.closed) return;
            if (result.done) return onEnd();
            expectByte(client.idleTimeout);
            parser.push(result.value);
            if (subscriber.closed) return;
            client.notifyCursor();
            if (client.waitForReader === undefined) return read(body);
            expectByte(Infinity);
            client.waitForReader(() => {
              if (subscriber.closed) return;
              expectByte(client.idleTimeout);
              read(body);
            });
          }),
        (cause) => fail('broken', 'the connection broke', { cause }),
      );
    };
    const onEnd = (): void => {
      if (isRefused) fail('refused', 'the server accepts no more readers now');
      else if (parser.isUnfinished) fail('broken', 'the response ended inside an event');
      else if (endsStream()) subscriber.complete();
      else fail('closed', 'the response ended before the stream did');
    };

    client.url = shownUrl(target);
    const send = prepare(abort.signal);
    expectByte(options.idleTimeout ?? defaultAnswerTimeout);
    send().then(
      (response) => guard(() => onResponse(response)),
      (cause) =>
        guard(() => {
          const cors = isSameOrigin(target) ? '' : ', or its CORS headers are missing';
          fail('unreachable', `the server did not respond${cors}: ${client.url}`, { cause });
        }),
    );
  });
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
