import { parseJsonText } from './decodeMessage.ts';

/** The most bytes of the JSON that is read of a response that is not a stream. */
const maxProblemBytes = 65_536;

/** Reads the JSON of a body and passes it on; `undefined` for one that is too large, broken or not JSON. */
export function readProblem(body: ReadableStreamDefaultReader<Uint8Array>, onJson: (json?: unknown) => void): void {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  const read = (): PromiseLike<void> =>
    body.read().then(
      (result) => {
        if (result.done) return onJson(parseJsonText(text + decoder.decode()));
        size += result.value.length;
        if (size > maxProblemBytes) return onJson();
        text += decoder.decode(result.value, { stream: true });
        read();
      },
      () => onJson(),
    );
  read();
}
