/**
 * Why there is no answer, or no complete one, in a message that may be shown: nothing of the server, the key or the
 * body.
 */
export class ModelError extends Error {
  override readonly name = 'ModelError';

  static unreadable(): ModelError {
    return new ModelError('The model sent something that cannot be read.');
  }

  static broken(): ModelError {
    return new ModelError('The model failed. Try again in a moment.');
  }

  static ofStatus(status: number): ModelError {
    if (status === 401 || status === 403)
      return new ModelError('The model rejected the key. The operator of this server can fix it.');
    if (status === 429) return new ModelError('The model has too many requests right now. Try again in a moment.');
    if (status >= 500) return ModelError.broken();
    return new ModelError('The model rejected the question.');
  }
}

/** Returns the message that a reader gets. */
export function messageOf(error: unknown): string {
  if (error instanceof ModelError) return error.message;
  return 'The connection to the model broke before the answer was complete.';
}

/** Parses the data of a message. */
export function parseJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw ModelError.unreadable();
  }
}
