import type { AddressInfo } from 'node:net';
import { serveApp } from '../serveApp.ts';
import { llmApp } from './app.ts';
import { type Model, modelIn } from './Model.ts';
import { scripted } from './script.ts';
import { upstream } from './upstream.ts';

const { env } = process;
const model = modelIn(env);

if (model !== undefined) serve(model);
else {
  // The model of the example is a server like any other: only the address differs.
  const server = upstream(scripted(Number(env.PACE || 70))).listen(0, '127.0.0.1', () => {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    serve(
      env.FORMAT === 'anthropic'
        ? { format: 'anthropic', baseUrl: origin, key: 'scripted', name: 'scripted' }
        : { format: 'openai', baseUrl: `${origin}/v1`, key: 'scripted', name: 'scripted' },
    );
  });
}

function serve(model: Model): void {
  const linger = env.LINGER ? Number(env.LINGER) : Infinity;
  const { app } = llmApp({ model, linger, onError: (error) => console.error(String(error)) });
  serveApp(app, {
    command: 'node --import tsx examples/llm/server.ts',
    greeting: (url) => [`Ask: ${url}`, `The model: ${model.name} at ${new URL(model.baseUrl).host}`],
    // Answers may still be running, and no page will read them.
    onStopped: () => process.exit(),
  });
}
