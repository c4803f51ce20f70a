import type { ModelError } from 'rxsse/agents';
import { serveApp } from '../serveApp.ts';
import { answerLogIn } from './answerLog.ts';
import { llmApp } from './app.ts';
import { modelIn } from './Model.ts';
import { scripted } from './script.ts';

const { env } = process;
const { name, model } = modelIn(env) ?? { name: 'a script', model: scripted(Number(env.PACE || 70)) };
const { log, where, close } = await answerLogIn(env);

serveApp(
  llmApp({
    model,
    ...(log && { log }),
    // What the server of the model says of it is for the operator alone.
    onError: (error) => console.error(String(error), (error as Partial<ModelError>).problem ?? ''),
  }),
  {
    command: 'node --import tsx examples/llm/server.ts',
    greeting: (url) => [`Ask: ${url}`, `The model: ${name}`, `The answers are stored ${where}.`],
    onStopped: () => {
      close();
      // Answers may still be running, and end with this process.
      process.exit();
    },
  },
);
