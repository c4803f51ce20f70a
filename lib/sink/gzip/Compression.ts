import { checkNumber } from '../../data/check.ts';
import type { FeedCore } from '../../feed/FeedCore.ts';
import type { SseRequest } from '../SseRequest.ts';
import { CompressedWindow } from './CompressedWindow.ts';

/** How a route compresses. @category sink */
export interface CompressionOptions {
  /**
   * How many bytes of compressed entries are retained for the readers of one feed, beside some 100 KiB of history: a
   * reader that is further behind gets its entries compressed by themselves. The newest entries, up to 32 KiB or one
   * write, are retained in any case. Nothing is retained without such a reader. From 1024 to 16777216.
   *
   * @default 262144, 256 KiB
   */
  readonly maxBytes?: number;
}

/** The compression of one route: which requests accept it, and what the readers of each feed share. */
export class Compression {
  readonly #maxBytes: number;
  readonly #windows = new WeakMap<FeedCore, CompressedWindow>();

  /** @throws RangeError for a bound out of range. */
  constructor({ maxBytes = 256 * 1024 }: CompressionOptions) {
    checkNumber('sse: compression.maxBytes', maxBytes, { min: 1024, max: 16 * 1024 * 1024, unit: 'bytes' });
    this.#maxBytes = maxBytes;
  }

  /** Returns the compressed entries of a feed, shared by its readers. */
  windowOf(feed: FeedCore): CompressedWindow {
    let window = this.#windows.get(feed);
    if (window === undefined) {
      window = new CompressedWindow(this.#maxBytes);
      this.#windows.set(feed, window);
    }
    return window;
  }
}

/**
 * Returns true for a request that accepts gzip, and does not prefer what is not compressed. One that names no encodings
 * gets none.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
 */
export function acceptsGzip({ headers }: SseRequest): boolean {
  const accepted = headers['accept-encoding'];
  if (accepted === undefined) return false;
  const weights = new Map<string, number>();
  for (const item of String(accepted).toLowerCase().split(',')) {
    const [coding = '', ...parameters] = item.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    weights.set(coding, weight === undefined ? 1 : Number(weight));
  }
  const gzip = weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0;
  return gzip > 0 && gzip >= (weights.get('identity') ?? 0);
}
