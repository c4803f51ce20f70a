import { EventEmitter } from 'node:events';
import type { ReceiveHandler } from '../../lib/adapter/node/receive.ts';
import type { SseRequest } from '../../lib/sink/SseRequest.ts';
import type { MarbleHelpers } from '../../lib/testing/marbles.ts';
import { post, shop } from './posting.ts';

/** The stream of a request, as far as reading a body needs it. */
export class Stream extends EventEmitter {
  httpVersionMajor = 1;
  readableEnded = false;
  isFlowing = false;

  pause(): void {
    this.isFlowing = false;
  }

  resume(): void {
    this.isFlowing = true;
  }

  /** The number of all listeners. */
  get observed(): number {
    return this.eventNames().reduce((sum, name) => sum + this.listenerCount(name), 0);
  }
}

type Part = Uint8Array | 'end' | 'close' | Error;

interface SendOptions {
  readonly limit?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly stream?: Stream;
  readonly handler?: ReceiveHandler<SseRequest>;
}

/** Posts a body in chunks, one after the other. */
export function send(
  kit: MarbleHelpers,
  parts: readonly Part[],
  { limit = 1000, headers = {}, stream = new Stream(), handler }: SendOptions = {},
) {
  const { handler: shopping, remembered } = shop({ maxBodyBytes: limit });
  const { httpVersionMajor, readableEnded } = stream;
  const request = {
    httpVersionMajor,
    readableEnded,
    on: stream.on.bind(stream),
    removeListener: stream.removeListener.bind(stream),
    pause: stream.pause.bind(stream),
    resume: stream.resume.bind(stream),
  };
  const answer = post(kit, handler ?? shopping, undefined, {
    headers: { 'content-type': 'application/json', ...headers },
    request,
  });
  for (const part of parts) {
    if (part instanceof Error) stream.emit('error', part);
    else if (typeof part === 'string') stream.emit(part);
    else stream.emit('data', part);
  }
  kit.flush();
  return { answer, stream, remembered };
}
