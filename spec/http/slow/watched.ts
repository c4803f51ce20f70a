import type { RequestListener, ServerResponse } from 'node:http';

/** A listener, and the responses that it was given so far. */
export function watched(listener: RequestListener): { listener: RequestListener; responses: ServerResponse[] } {
  const responses: ServerResponse[] = [];
  return {
    responses,
    listener: (request, response) => {
      responses.push(response);
      listener(request, response);
    },
  };
}

/** Tells what is written to a response, as it is written. */
export function onWrite(response: ServerResponse, tell: (chunk: Uint8Array | string) => void): void {
  const write: (chunk: Uint8Array | string) => boolean = response.write.bind(response);
  response.write = (chunk: Uint8Array | string) => {
    tell(chunk);
    return write(chunk);
  };
}

export const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

/** Does the work once a turn of the loop while the callback runs. */
export async function everyTurn<T>(work: () => void, use: () => Promise<T>): Promise<T> {
  let isOver = false;
  const again = (): void => {
    if (isOver) return;
    work();
    setImmediate(again);
  };
  again();
  try {
    return await use();
  } finally {
    isOver = true;
  }
}
