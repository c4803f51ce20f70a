import type { RequestListener, ServerResponse } from 'node:http';

/** Returns a listener, and the responses that it has received so far. */
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

/** Calls back with each chunk that is written to a response, before the write. */
export function onWrite(response: ServerResponse, callback: (chunk: Uint8Array | string) => void): void {
  const write: (chunk: Uint8Array | string) => boolean = response.write.bind(response);
  response.write = (chunk: Uint8Array | string) => {
    callback(chunk);
    return write(chunk);
  };
}

export const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

/** Runs the work once in each turn of the event loop while the callback runs. */
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
