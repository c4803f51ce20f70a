import { asyncScheduler } from 'rxjs';
import { parseJsonText } from './decodeMessage.ts';

/** The most bytes of the JSON that is read of a response that is not a stream. */
const maxProblemBytes = 65_536;

/** The time that this JSON may take, in ms. */
const problemTimeout = 5000;

/** Reads the JSON of a body and passes it on; `undefined` for one that is too large, too slow, broken or not JSON. */
export function readProblem(body: ReadableStreamDefaultReader<Uint8Array>, onJson: (json?: unknown) => void): void {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  const end = (json?: unknown): void => {
    if (timer.closed) return;
    timer.unsubscribe();
    onJson(json);
  };
  const timer = asyncScheduler.schedule(() => end(), problemTimeout);
  const read = (): PromiseLike<void> =>
    body.read().then(
      (result) => {
        if (result.done) return end(parseJsonText(text + decoder.decode()));
        size += result.value.length;
        if (size > maxProblemBytes) return end();
        text += decoder.decode(result.value, { stream: true });
        read();
      },
      () => end(),
    );
  read();
}
