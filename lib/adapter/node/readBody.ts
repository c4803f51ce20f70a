import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { concatBytes } from '../../data/concatBytes.ts';
import type { Refusal } from '../../sink/refuse.ts';
import type { SseRequest } from '../../sink/SseRequest.ts';
import { parseBody, refusedEncoding, tooLarge } from '../jsonBody.ts';

/** The part of a request that `receive` reads: a parsed body, or else the bytes of the body. @category adapter */
export interface ReceiveRequest extends SseRequest {
  readonly httpVersionMajor?: number;
  /** True when the body was read to its end. */
  readonly readableEnded?: boolean;
  on(event: 'data' | 'end' | 'close' | 'error', listener: (chunk: Uint8Array) => void): unknown;
  removeListener(event: 'data' | 'end' | 'close' | 'error', listener: (chunk: Uint8Array) => void): unknown;
  pause(): unknown;
  resume(): unknown;
}

/**
 * Calls back with the body of a request: as a parser before the route left it in `request.body`, or else read here as
 * JSON.
 *
 * @throws TypeError when the body was read before and not left in `request.body`.
 */
export function readBody(
  { body, headers }: SseRequest,
  rawRequest: ReceiveRequest,
  maxBodyBytes: number,
  done: (body: Either<Refusal, unknown>) => void,
): void {
  if (body !== undefined) return done(right(body));
  const refusal = refusedEncoding(headers);
  if (refusal !== undefined) return done(left(refusal));
  readBytes(rawRequest, maxBodyBytes, (bytes) => done(isLeft(bytes) ? bytes : parseBody(bytes.right)));
}

/**
 * Reads the bytes of a body up to a bound: one whose header says that it is larger is not read at all, one that turns
 * out larger no further. Never calls back for a client that disconnects before it has sent everything.
 */
function readBytes(
  request: ReceiveRequest,
  maxBodyBytes: number,
  done: (body: Either<Refusal, Uint8Array>) => void,
): void {
  if (Number(request.headers['content-length']) > maxBodyBytes) return done(left(unread(request, maxBodyBytes)));
  if (request.readableEnded) {
    throw new TypeError('receive: the body was read before and not left in request.body: mount receive before that');
  }
  const chunks: Uint8Array[] = [];
  let size = 0;

  const stop = (): void => {
    request.removeListener('data', onData);
    request.removeListener('end', onEnd);
  };
  const onData = (chunk: Uint8Array): void => {
    size += chunk.length;
    if (size <= maxBodyBytes) {
      chunks.push(chunk);
      return;
    }
    stop();
    request.pause();
    done(left(unread(request, maxBodyBytes)));
  };
  const onEnd = (): void => {
    stop();
    done(right(concatBytes(chunks)));
  };
  const onClose = (): void => {
    stop();
    request.removeListener('close', onClose);
    request.removeListener('error', ignoreError);
  };
  request.on('data', onData);
  request.on('end', onEnd);
  request.on('close', onClose);
  // A client that disconnects emits `close`; until then an error needs a listener.
  request.on('error', ignoreError);
  // A middleware may have paused it while it waited for something.
  request.resume();
}

/** The rest of the body would precede the next request of an HTTP/1 connection, so this request is its last. */
function unread({ httpVersionMajor = 1 }: ReceiveRequest, maxBodyBytes: number): Refusal {
  const refusal = tooLarge(maxBodyBytes);
  return httpVersionMajor === 1 ? { ...refusal, headers: { Connection: 'close' } } : refusal;
}

function ignoreError(): void {}
