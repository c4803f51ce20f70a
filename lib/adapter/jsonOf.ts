import { type Either, left } from 'fp-ts/lib/Either.js';
import { concatBytes } from '../data/concatBytes.ts';
import type { SseRequest } from '../sink/exchange.ts';
import { parseJson, refusedEncoding } from '../sink/jsonBody.ts';
import { tooLarge } from '../sink/readBody.ts';
import type { Refusal } from '../sink/refuse.ts';

/**
 * Reads the body of a web request as JSON and nothing else, up to a limit: one
 * that says that it is longer is not read at all, one that turns out longer not
 * any further.
 *
 * @throws TypeError, as a rejection, when somebody has read it.
 */
export async function jsonOf(
  request: Request,
  headers: SseRequest['headers'],
  limit: number,
): Promise<Either<Refusal, unknown>> {
  const unreadable = refusedEncoding(headers);
  if (unreadable !== undefined) return left(unreadable);
  if (request.bodyUsed) {
    throw new TypeError('sse: the body was read before: give what it says as { body } after the request');
  }
  if (Number(headers['content-length']) > limit) return left(tooLarge(limit));
  const bytes = await bytesIn(request.body, limit);
  return bytes === undefined ? left(tooLarge(limit)) : parseJson(bytes);
}

/** All bytes, or `undefined` where there are more than the limit. */
async function bytesIn(body: ReadableStream<Uint8Array> | null, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limit) {
      // What is left is for nobody; whether it can be told so does not matter.
      reader.cancel().catch(() => {});
      return undefined;
    }
    chunks.push(value);
  }
  return concatBytes(chunks);
}
