import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import type { Readable } from 'node:stream';
import { ask, isHttp2, isWhole } from './http2.ts';

interface OpenStreamOptions {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
  /** The longest wait for a pattern or the end, in ms. Below the timeout of mocha, so that the failure shows the text so far. @default 4000 */
  readonly patience?: number;
}

/** One response while it is received. */
export interface Wire {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Returns the text that has been received so far. */
  text(): string;
  /** Resolves with the text so far when it contains the pattern. */
  until(pattern: RegExp): Promise<string>;
  /** Resolves with the whole text when the server has ended the response; a cut rejects. */
  ended(): Promise<string>;
  /** Resolves with the text when the response has been ended or cut. */
  over(): Promise<string>;
  /** Disconnects, as a browser does when a tab is closed. */
  close(): void;
}

interface ResponseInProgress {
  readonly response: Readable;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Returns true if the server sent the end, false if the response was cut. */
  readonly isWhole?: () => boolean;
}

function watch({ response, status, headers, isWhole = () => true }: ResponseInProgress, patience: number): Wire {
  let text = '';
  let state: 'open' | 'ended' | 'cut' = 'open';
  const waiting = new Set<() => void>();
  const checkAll = () => {
    for (const check of [...waiting]) check();
  };

  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    text += chunk;
    checkAll();
  });
  response.on('end', () => {
    state = isWhole() ? 'ended' : 'cut';
    checkAll();
  });
  response.on('error', () => {});
  response.on('close', () => {
    if (state === 'open') state = 'cut';
    checkAll();
  });

  const wait = (what: string, isDone: () => boolean, isLost: () => boolean) =>
    new Promise<string>((resolve, reject) => {
      const failure = (why: string) => new Error(`waited for ${what}, ${why}; received: ${JSON.stringify(text)}`);
      const stop = () => {
        clearTimeout(limit);
        waiting.delete(check);
      };
      const check = () => {
        if (!isDone() && !isLost()) return;
        stop();
        if (isDone()) resolve(text);
        else reject(failure(`but the response was ${state}`));
      };
      const limit = setTimeout(() => {
        stop();
        reject(failure(`but not within ${patience} ms`));
      }, patience);
      waiting.add(check);
      check();
    });

  return {
    status,
    headers,
    text: () => text,
    until: (pattern) =>
      wait(
        String(pattern),
        () => text.search(pattern) !== -1,
        () => state !== 'open',
      ),
    ended: () =>
      wait(
        'the end',
        () => state === 'ended',
        () => state === 'cut',
      ),
    over: () =>
      wait(
        'the end or a cut',
        () => state !== 'open',
        () => false,
      ),
    close: () => response.destroy(),
  };
}

/**
 * Makes one request over a connection of its own (over HTTP/2, a stream of its own), with
 * nothing between the spec and the bytes; resolves when the headers were received.
 */
export function openStream(url: string, options: OpenStreamOptions = {}): Promise<Wire> {
  return isHttp2(url) ? overHttp2(url, options) : overHttp1(url, options);
}

async function overHttp2(url: string, { patience = 4000, ...requested }: OpenStreamOptions): Promise<Wire> {
  const { stream, status, headers } = await ask(url, requested, (started) => {
    const limit = setTimeout(() => started.destroy(new Error(`${url}: no headers within ${patience} ms`)), patience);
    const stop = (): void => clearTimeout(limit);
    started.on('response', stop);
    started.on('close', stop);
  });
  return watch({ response: stream, status, headers, isWhole: () => isWhole(stream) }, patience);
}

function overHttp1(
  url: string,
  { method = 'GET', headers = {}, body, patience = 4000 }: OpenStreamOptions,
): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      clearTimeout(limit);
      const { statusCode: status = 0, headers } = response;
      resolve(watch({ response, status, headers }, patience));
    });
    const limit = setTimeout(() => sent.destroy(new Error(`${url}: no headers within ${patience} ms`)), patience);
    sent.on('error', (error) => {
      clearTimeout(limit);
      reject(error);
    });
    sent.end(body);
  });
}

/** Reads a stream until it contains the pattern, disconnects, and returns the text. */
export async function readWire(url: string, pattern: RegExp, options?: OpenStreamOptions): Promise<string> {
  const wire = await openStream(url, options);
  try {
    return await wire.until(pattern);
  } finally {
    wire.close();
  }
}
