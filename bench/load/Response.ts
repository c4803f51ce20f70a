import { createGunzip, type Gunzip } from 'node:zlib';

export interface ResponseListeners {
  readonly onHead: () => void;
  /** Called for each event with its number and the time of its publication. */
  readonly onMark: (mark: number, time: number) => void;
  readonly onBlock: () => void;
  /** Called with each part of the body, decompressed and without its chunks. */
  readonly onBody?: (bytes: Uint8Array) => void;
  /** Whether frames are counted, which looks at every byte. */
  readonly blocks: boolean;
  /** Whether the body is compressed. */
  readonly gzip: boolean;
}

const LF = 10;
const CR = 13;
const hash = 35;
const headEnd = Buffer.from('\r\n\r\n');

/** Reads one response at the level of bytes: the head, the chunks and the marks in them. */
export class Response {
  readonly #listeners: ResponseListeners;
  #head: Buffer | undefined = Buffer.alloc(0);
  #chunked = false;
  #state: 'size' | 'size-end' | 'body' | 'body-end' = 'size';
  #left = 0;
  #lineEnds = 0;
  #mark: 'seeking' | 'number' | 'time' = 'seeking';
  #number = 0;
  #time = 0;
  readonly #gunzip: Gunzip | undefined;

  constructor(listeners: ResponseListeners) {
    this.#listeners = listeners;
    if (!listeners.gzip) return;
    this.#gunzip = createGunzip();
    this.#gunzip.on('data', (decoded: Buffer) => this.#look(decoded, 0, decoded.length));
  }

  /** Returns true when the head has been read. */
  get isBody(): boolean {
    return this.#head === undefined;
  }

  /** Reads bytes; returns the reason if the response cannot be read further. */
  take(bytes: Buffer): string | undefined {
    if (this.#head === undefined) return this.#body(bytes);
    this.#head = Buffer.concat([this.#head, bytes]);
    const end = this.#head.indexOf(headEnd);
    if (end < 0) return undefined;
    const head = this.#head.toString('latin1', 0, end);
    if (!head.startsWith('HTTP/1.1 200')) return 'the status is not 200';
    const rest = this.#head.subarray(end + headEnd.length);
    this.#chunked = /transfer-encoding: *chunked/i.test(head);
    this.#head = undefined;
    this.#listeners.onHead();
    return this.#body(rest);
  }

  #body(bytes: Buffer): string | undefined {
    if (!this.#chunked) {
      this.#decode(bytes, 0, bytes.length);
      return undefined;
    }
    let at = 0;
    while (at < bytes.length) {
      const byte = bytes[at] ?? 0;
      if (this.#state === 'body') {
        const end = Math.min(bytes.length, at + this.#left);
        this.#decode(bytes, at, end);
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#state = 'body-end';
        continue;
      }
      at++;
      if (this.#state === 'body-end') {
        if (byte === LF) this.#state = 'size';
      } else if (byte === LF) {
        if (this.#left === 0) return 'the response ended';
        this.#state = 'body';
      } else if (this.#state === 'size') {
        const digit = Number.parseInt(String.fromCharCode(byte), 16);
        if (Number.isNaN(digit)) this.#state = 'size-end';
        else this.#left = this.#left * 16 + digit;
      }
    }
    return undefined;
  }

  #decode(bytes: Buffer, from: number, end: number): void {
    if (this.#gunzip === undefined) this.#look(bytes, from, end);
    else this.#gunzip.write(bytes.subarray(from, end));
  }

  #look(bytes: Buffer, from: number, end: number): void {
    this.#listeners.onBody?.(bytes.subarray(from, end));
    if (this.#listeners.blocks) this.#blocks(bytes, from, end);
    let at = from;
    while (at < end) {
      if (this.#mark === 'seeking') {
        at = bytes.indexOf(hash, at);
        if (at < 0 || at >= end) return;
        at++;
        this.#mark = 'number';
        this.#number = 0;
        this.#time = 0;
        continue;
      }
      const digit = (bytes[at++] ?? 0) - 48;
      const isDigit = digit >= 0 && digit <= 9;
      if (this.#mark === 'number') {
        if (isDigit) this.#number = this.#number * 10 + digit;
        else this.#mark = digit === '@'.charCodeAt(0) - 48 ? 'time' : 'seeking';
      } else if (isDigit) {
        this.#time = this.#time * 10 + digit;
      } else {
        this.#mark = 'seeking';
        this.#listeners.onMark(this.#number, this.#time);
      }
    }
  }

  #blocks(bytes: Buffer, from: number, end: number): void {
    for (let at = from; at < end; at++) {
      const byte = bytes[at];
      if (byte === LF) {
        if (++this.#lineEnds < 2) continue;
        this.#listeners.onBlock();
        this.#lineEnds = 0;
      } else if (byte !== CR) this.#lineEnds = 0;
    }
  }
}
