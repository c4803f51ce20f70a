import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ModelJson } from './modelAnswers.ts';

/** A request that a model's server got. */
interface ModelRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface ModelServerOptions {
  /** For each stream in turn, how many bytes of it are sent before its connection is cut; `undefined` for the rest of it. */
  readonly cuts?: readonly (number | undefined)[];
  /** Whether a stream stays open after its last event. */
  readonly staysOpen?: boolean;
  /** Answers in place of the script; returns false for a request that the script answers. */
  readonly instead?: (request: ModelRequest, response: ServerResponse, count: number) => boolean;
}

/** Returns a frame as both APIs send it: the name of the event is in its JSON, too. */
export const frameOf = (json: ModelJson): string => `event: ${json.type}\ndata: ${JSON.stringify(json)}\n\n`;

/**
 * Serves the events of one answer at every POST, and, as OpenAI does for an answer in the background, the events after a
 * number at every GET with `starting_after`.
 */
export function modelServer(answer: readonly ModelJson[], { cuts = [], staysOpen, instead }: ModelServerOptions = {}) {
  const requests: ModelRequest[] = [];
  const closed: (() => void)[] = [];
  let streams = 0;
  const listener: RequestListener = async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method = '', url = '', headers } = request;
    const received = { method, url, headers, body };
    requests.push(received);
    response.on('close', () => closed.shift()?.());
    if (instead?.(received, response, requests.length - 1)) return;
    if (url.endsWith('/cancel')) return void response.setHeader('content-type', 'application/json').end('{}');
    const after = Number(new URL(url, 'http://here').searchParams.get('starting_after') ?? -1);
    const bytes = Buffer.from(
      answer
        .filter(({ sequence_number = 0 }) => Number(sequence_number) > after)
        .map(frameOf)
        .join(''),
    );
    const cut = cuts[streams++];
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    if (cut !== undefined) response.write(bytes.subarray(0, cut), () => response.destroy());
    else if (staysOpen) response.write(bytes);
    else response.end(bytes);
  };
  return {
    listener,
    requests,
    /** Resolves when the response of the next connection that closes was closed. */
    nextClose: () => new Promise<void>((resolve) => closed.push(resolve)),
  };
}
