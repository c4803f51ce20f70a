import { concatBytes } from '../../data/concatBytes.ts';
import { crc32, joinCrc32 } from '../../data/crc32.ts';
import { Deflater } from '../../data/Deflater.ts';
import type { EntryRange } from '../../log/EventLog.ts';
import type { Transport, TransportListener } from '../Transport.ts';
import { type Compressed, compressAlone } from './Compressed.ts';
import type { CompressedSpan } from './CompressedSpan.ts';
import type { CompressedWindow, Follower } from './CompressedWindow.ts';

/** The head of a gzip member (RFC 1952): deflate, without a name, a time or a system. */
const gzipHead = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);

/** An empty final block with fixed codes. */
const lastBlock = Uint8Array.of(3, 0);

/** How far back the events of one stream refer: for each reader of its own, so it holds little. */
const ownHistory = 8 * 1024;

const ownFrameEncoder = new TextEncoder();

/**
 * Compresses a response with gzip, if its head says so: what is written is decodable when it is written.
 *
 * The entries of a feed are written as the window compressed them for all readers, and what is for this reader alone
 * between them. The response of another stream is compressed by itself. A response that ends has the trailer of gzip; one
 * that is cut has none, so that its reader sees that it is cut.
 */
export class GzipTransport implements Transport, Follower {
  span: CompressedSpan | undefined;
  strandedIn: CompressedSpan | undefined;
  readonly #transport: Transport;
  #window: CompressedWindow | undefined;
  #deflater: Deflater | undefined;
  #isCompressed = false;
  /** True for the reader of a feed, also when it has left. */
  #isShared = false;
  #hasHead = false;
  /** Entries that are compressed already, and written next. */
  #entries: Compressed | undefined;
  /** The checksum and the length of what the reader decodes. */
  #crc = 0;
  #length = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The reader gets the entries of a feed, compressed by its window. */
  follow(window: CompressedWindow): void {
    this.#window = window;
    this.#isShared = true;
    window.enter();
  }

  /** Called once, when the reader has left the feed. */
  leave(): void {
    this.#window?.leave(this);
    this.#window = undefined;
  }

  /** Returns what has to be written for these entries. */
  take(epoch: string, range: EntryRange, entries: Uint8Array): Uint8Array {
    if (!this.#isCompressed || this.#window === undefined) return entries;
    this.#entries = this.#window.take(this, epoch, range, entries);
    return this.#entries.bytes;
  }

  open(status: number, headers: Readonly<Record<string, string>>): boolean {
    this.#isCompressed = headers['Content-Encoding'] === 'gzip';
    return this.#transport.open(status, headers);
  }

  write(chunk: Uint8Array | string): boolean {
    return this.#transport.write(this.#isCompressed ? this.#compressed(chunk) : chunk);
  }

  end(chunk: Uint8Array | string = ''): void {
    if (!this.#isCompressed) return this.#transport.end(chunk);
    const last = this.#compressed(chunk);
    const bytes = new Uint8Array(last.length + lastBlock.length + 8);
    bytes.set(last);
    bytes.set(lastBlock, last.length);
    const trailer = new DataView(bytes.buffer, last.length + lastBlock.length);
    trailer.setInt32(0, this.#crc, true);
    trailer.setUint32(4, this.#length % 2 ** 32, true);
    this.#transport.end(bytes);
  }

  hasRoom(): boolean {
    return this.#transport.hasRoom();
  }

  closeAfterwards(): void {
    this.#transport.closeAfterwards();
  }

  abort(): void {
    this.#transport.abort();
  }

  listen(listener: TransportListener | undefined): boolean {
    return this.#transport.listen(listener);
  }

  #compressed(chunk: Uint8Array | string): Uint8Array {
    const entries = this.#entries;
    if (entries !== undefined && entries.bytes === chunk) {
      this.#entries = undefined;
      this.#crc = joinCrc32(this.#crc, entries.crc, entries.shift);
      this.#length += entries.length;
      return entries.bytes;
    }
    const bytes = typeof chunk === 'string' ? ownFrameEncoder.encode(chunk) : chunk;
    this.#crc = crc32(bytes, this.#crc);
    this.#length += bytes.length;
    this.#window?.strand(this);
    const parts: Uint8Array[] = this.#hasHead ? [] : [gzipHead];
    this.#hasHead = true;
    if (this.#isShared) parts.push(compressAlone(bytes).bytes);
    else {
      this.#deflater ??= new Deflater(ownHistory);
      this.#deflater.add(bytes, (part) => parts.push(part.slice()));
    }
    return concatBytes(parts);
  }
}
