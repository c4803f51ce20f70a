/** Why there is no answer, or no whole one, in words that may be shown: nothing of the server, the key or the body. */
export class ModelError extends Error {
  override readonly name = 'ModelError';

  static unreadable(): ModelError {
    return new ModelError('The model said something that cannot be read.');
  }

  static broken(): ModelError {
    return new ModelError('The model has a failure of its own. Try again in a moment.');
  }

  static ofStatus(status: number): ModelError {
    if (status === 401 || status === 403)
      return new ModelError('The model refused the key. Whoever runs this can mend it.');
    if (status === 429) return new ModelError('The model is asked too much right now. Try again in a moment.');
    if (status >= 500) return ModelError.broken();
    return new ModelError('The model did not take the question.');
  }
}

/** What a reader is told of a failure. */
export function toldOf(error: unknown): string {
  if (error instanceof ModelError) return error.message;
  return 'The connection to the model broke before the answer was whole.';
}

/** What the data of a message is, where it is JSON at all. */
export function jsonIn(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw ModelError.unreadable();
  }
}
