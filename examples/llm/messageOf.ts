import { ConnectionError } from 'rxsse';
import { ModelError } from 'rxsse/agents';

/** Returns why there is no answer, or no complete one, in words that a reader may see: nothing of the server, the key or the body. */
export function messageOf(error: unknown): string {
  const status = error instanceof ConnectionError ? error.status : undefined;
  if (status === 401 || status === 403) return 'The model rejected the key. The operator of this server can fix it.';
  if (status === 404) return 'The model is not known to its server. The operator of this server can fix it.';
  if (status === 429) return 'The model has too many requests right now. Try again in a moment.';
  if (error instanceof ModelError || (status !== undefined && status >= 500)) {
    return 'The model failed. Try again in a moment.';
  }
  if (status !== undefined && status >= 400) return 'The model rejected the question.';
  return 'The connection to the model broke before the answer was complete.';
}
