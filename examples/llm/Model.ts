/** A message of a conversation, as a model gets it. */
export interface ChatMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** The server of a model, and its format. */
export interface Model {
  readonly format: 'openai' | 'anthropic';
  readonly baseUrl: string;
  readonly key: string;
  readonly name: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Returns the server that the environment names, by a key or a base URL; `undefined` where it names none. */
export function modelIn(env: Env): Model | undefined {
  if (env.ANTHROPIC_API_KEY || env.ANTHROPIC_BASE_URL) {
    return {
      format: 'anthropic',
      baseUrl: env.ANTHROPIC_BASE_URL || 'https://api.anthropic.com',
      key: env.ANTHROPIC_API_KEY || '',
      name: env.ANTHROPIC_MODEL || 'claude-sonnet-4-5',
    };
  }
  if (env.OPENAI_API_KEY || env.OPENAI_BASE_URL) {
    return {
      format: 'openai',
      baseUrl: env.OPENAI_BASE_URL || 'https://api.openai.com/v1',
      key: env.OPENAI_API_KEY || '',
      name: env.OPENAI_MODEL || 'gpt-4o-mini',
    };
  }
  return undefined;
}
