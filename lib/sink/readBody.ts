import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { concatBytes } from '../data/concatBytes.ts';
import type { SseRequest } from './exchange.ts';
import type { Refusal } from './refuse.ts';

/** What `receive` reads of a request: a body that is parsed, or else its bytes. @category sink */
export interface ReceiveRequest extends SseRequest {
  readonly httpVersionMajor?: number;
  /** Somebody has read all of it. */
  readonly readableEnded?: boolean;
  on(event: 'data' | 'end' | 'close' | 'error', listener: (chunk: Uint8Array) => void): unknown;
  removeListener(event: 'data' | 'end' | 'close' | 'error', listener: (chunk: Uint8Array) => void): unknown;
  pause(): unknown;
  resume(): unknown;
}

/**
 * Reads the bytes of a body, up to a limit: one that says that it is longer is
 * not read at all, one that turns out longer not any further.
 *
 * Never calls back for a client that goes before it has sent all.
 *
 * @throws TypeError when there is nothing left to read.
 */
export function readBody(
  request: ReceiveRequest,
  limit: number,
  done: (body: Either<Refusal, Uint8Array>) => void,
): void {
  if (Number(request.headers['content-length']) > limit) return done(left(unread(request, limit)));
  if (request.readableEnded) {
    throw new TypeError('receive: the body was read before and not left in request.body: mount receive before that');
  }
  const chunks: Uint8Array[] = [];
  let size = 0;

  const stop = (): void => {
    request.removeListener('data', take);
    request.removeListener('end', end);
  };
  const take = (chunk: Uint8Array): void => {
    size += chunk.length;
    if (size <= limit) {
      chunks.push(chunk);
      return;
    }
    stop();
    request.pause();
    done(left(unread(request, limit)));
  };
  const end = (): void => {
    stop();
    done(right(concatBytes(chunks)));
  };
  const close = (): void => {
    stop();
    request.removeListener('close', close);
    request.removeListener('error', ignore);
  };
  request.on('data', take);
  request.on('end', end);
  request.on('close', close);
  // A client that goes is heard as `close`; until then an error has to find a listener.
  request.on('error', ignore);
  // It may have been paused while somebody made up their mind.
  request.resume();
}

/** What is left on the way would stand before the next request of an HTTP/1 connection, so this is its last. */
function unread({ httpVersionMajor = 1 }: ReceiveRequest, limit: number): Refusal {
  const refusal = tooLarge(limit);
  return httpVersionMajor === 1 ? { ...refusal, headers: { Connection: 'close' } } : refusal;
}

/** The answer to a body that is longer than the limit. */
export function tooLarge(limit: number): Refusal {
  return { status: 413, issues: [{ path: 'body', expected: `at most ${limit} bytes`, got: 'more' }] };
}

function ignore(): void {}
