import { type Either, left } from 'fp-ts/lib/Either.js';
import { concatBytes } from '../../data/concatBytes.ts';
import type { Refusal } from '../../sink/refuse.ts';
import type { SseRequest } from '../../sink/SseRequest.ts';
import { parseBody, refusedEncoding, tooLarge } from '../jsonBody.ts';

/**
 * Reads the body of a web request as JSON up to a bound: one whose header says that it is larger is not read at all, one
 * that turns out larger no further.
 *
 * @throws TypeError, as a rejection, when the body was read before.
 */
export async function readJson(
  request: Request,
  headers: SseRequest['headers'],
  maxBodyBytes: number,
): Promise<Either<Refusal, unknown>> {
  const refusal = refusedEncoding(headers);
  if (refusal !== undefined) return left(refusal);
  if (request.bodyUsed) {
    throw new TypeError('rxsse/fetch: the body was read before: pass its value as { body } in the second argument');
  }
  if (Number(headers['content-length']) > maxBodyBytes) return left(tooLarge(maxBodyBytes));
  const bytes = await readUpTo(request.body, maxBodyBytes);
  return bytes === undefined ? left(tooLarge(maxBodyBytes)) : parseBody(bytes);
}

/** Returns all bytes, or `undefined` if there are more than the bound. */
async function readUpTo(
  body: ReadableStream<Uint8Array> | null,
  maxBodyBytes: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > maxBodyBytes) {
      // The rest is not needed, and whether it can be cancelled does not matter.
      reader.cancel().catch(() => {});
      return undefined;
    }
    chunks.push(value);
  }
  return concatBytes(chunks);
}
