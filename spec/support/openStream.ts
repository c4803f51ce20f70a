import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import type { Readable } from 'node:stream';
import { ask, isHttp2, isWhole } from './http2.ts';

interface OpenStreamOptions {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
  /** Longest wait for a pattern or the end, in ms. Below mocha's own, so that the failure says what did come. */
  readonly patience?: number;
}

/** One response while it arrives. */
export interface Wire {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** All that has come so far. */
  text(): string;
  /** Resolves with all that has come, as soon as the pattern is in it. */
  until(pattern: RegExp): Promise<string>;
  /** Resolves with all of it when the server has ended the response; a cut rejects. */
  ended(): Promise<string>;
  /** Resolves with all that came when the connection is over, ended or cut. */
  over(): Promise<string>;
  /** Leaves, as a reader does who closes the tab. */
  close(): void;
}

interface Arriving {
  readonly response: Readable;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Whether an end that was heard was said by the server, and is no cut. */
  readonly isWhole?: () => boolean;
}

function watch({ response, status, headers, isWhole = () => true }: Arriving, patience: number): Wire {
  let text = '';
  let state: 'open' | 'ended' | 'cut' = 'open';
  const waiting = new Set<() => void>();
  const look = () => {
    for (const check of [...waiting]) check();
  };

  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    text += chunk;
    look();
  });
  response.on('end', () => {
    state = isWhole() ? 'ended' : 'cut';
    look();
  });
  response.on('error', () => {});
  response.on('close', () => {
    if (state === 'open') state = 'cut';
    look();
  });

  const wait = (what: string, isDone: () => boolean, isLost: () => boolean) =>
    new Promise<string>((resolve, reject) => {
      const say = (why: string) => new Error(`waited for ${what}, ${why}; what came: ${JSON.stringify(text)}`);
      const leave = () => {
        clearTimeout(limit);
        waiting.delete(check);
      };
      const check = () => {
        if (!isDone() && !isLost()) return;
        leave();
        if (isDone()) resolve(text);
        else reject(say(`but the response was ${state}`));
      };
      const limit = setTimeout(() => {
        leave();
        reject(say(`but not within ${patience} ms`));
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
 * nothing between the spec and the bytes; resolves when the headers are in.
 */
export function openStream(url: string, options: OpenStreamOptions = {}): Promise<Wire> {
  return isHttp2(url) ? overHttp2(url, options) : overHttp1(url, options);
}

async function overHttp2(url: string, { patience = 4000, ...asked }: OpenStreamOptions): Promise<Wire> {
  const { stream, status, headers } = await ask(url, asked, (begun) => {
    const limit = setTimeout(() => begun.destroy(new Error(`${url}: no headers within ${patience} ms`)), patience);
    const stop = (): void => clearTimeout(limit);
    begun.on('response', stop);
    begun.on('close', stop);
  });
  return watch({ response: stream, status, headers, isWhole: () => isWhole(stream) }, patience);
}

function overHttp1(
  url: string,
  { method = 'GET', headers = {}, body, patience = 4000 }: OpenStreamOptions,
): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      clearTimeout(limit);
      const { statusCode: status = 0, headers } = response;
      resolve(watch({ response, status, headers }, patience));
    });
    const limit = setTimeout(() => asked.destroy(new Error(`${url}: no headers within ${patience} ms`)), patience);
    asked.on('error', (error) => {
      clearTimeout(limit);
      reject(error);
    });
    asked.end(body);
  });
}

/** Reads a stream until the pattern has come, leaves, and gives the text. */
export async function readWire(url: string, pattern: RegExp, options?: OpenStreamOptions): Promise<string> {
  const wire = await openStream(url, options);
  try {
    return await wire.until(pattern);
  } finally {
    wire.close();
  }
}
