import type { AddressInfo } from 'node:net';
import { scripted } from '../llm/script.ts';
import { upstream } from '../llm/upstream.ts';
import { serveApp } from '../serveApp.ts';
import { galleryApp } from './app.ts';

// The model of the answers: a server with a story, in the format of a real one.
const server = upstream(scripted(70)).listen(0, '127.0.0.1', async () => {
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const { app, close } = await galleryApp({ format: 'openai', baseUrl, key: 'scripted', name: 'scripted' });
  serveApp(app, {
    command: 'npm start',
    greeting: (url) => [`The gallery:   ${url}`, `In a terminal: curl -N '${url}/sse3?message=hello'`],
    onStopped: () => {
      close();
      process.exit();
    },
  });
});
