import { serveApp } from '../serveApp.ts';
import { echoApp } from './app.ts';

serveApp(echoApp(), {
  command: 'node --import tsx examples/echo/server.ts',
  greeting: (url) => [`The echo example: ${url}`, `In a terminal:    curl -N '${url}/sse3?message=hello'`],
  // Its retained streams would continue for a while without their readers.
  onStopped: () => process.exit(),
});
