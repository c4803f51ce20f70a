import type { Observable } from 'rxjs';
import type { NodeResponse } from '../../lib/adapter/node/NodeResponse.ts';
import type { SseRequest } from '../../lib/sink/SseRequest.ts';
import { encodeFrame } from '../../lib/wire/encodeFrame.ts';
import type { Frame } from '../../lib/wire/Frame.ts';

const head = { 'Content-Type': 'text/event-stream; charset=utf-8' };

/** The smallest sink that listens for close, and ignores a full socket. */
function sink<T>(source: Observable<T>, textOf: (value: T) => string, first = '') {
  return (_request: SseRequest, response: NodeResponse) => {
    response.writeHead(200, head);
    if (first !== '') response.write(first);
    const subscription = source.subscribe({
      next: (value) => response.write(textOf(value)),
      error: (error) => response.destroy(error),
      complete: () => response.end(),
    });
    response.on('close', () => subscription.unsubscribe());
  };
}

/** Sends a comment, and then texts as events. */
export const plain = (texts: Observable<string>) => sink(texts, (text) => `data: ${text}\n\n`, ':\n\n');

/** Sends frames as they are. */
export const send = (frames: Observable<Frame>) => sink(frames, encodeFrame);
