import { createRequire } from 'node:module';
import { join } from 'node:path';
import { copilotFolder } from '../support/requires.ts';

/** A page of CopilotKit without a browser. */
export interface CopilotPage {
  threadId: string;
  readonly messages: readonly { readonly role: string; readonly content?: string }[];
  addMessage(message: object): void;
  runAgent(parameters?: object, subscriber?: object): Promise<unknown>;
  connectAgent(parameters?: object, subscriber?: object): Promise<unknown>;
  abortRun(): void;
}

interface CopilotKit {
  readonly AbstractAgent: new (options: object) => object;
  readonly ProxiedCopilotRuntimeAgent: new (options: object) => CopilotPage;
  readonly CopilotRuntime: new (options: object) => object;
  createCopilotRuntimeHandler(options: object): (request: Request) => Promise<Response>;
}

/** Loads the runtime and the client of CopilotKit, unpatched. */
export function loadCopilotKit(): CopilotKit {
  process.env.COPILOTKIT_TELEMETRY_DISABLED = 'true';
  const loadHere = createRequire(join(copilotFolder, 'package.json'));
  return { ...loadHere('@copilotkit/runtime/v2'), ...loadHere('@ag-ui/client'), ...loadHere('@copilotkit/core') };
}
