import { fileURLToPath } from 'node:url';
import { rollingApp } from './app.ts';

/** One of the servers that follow each other; `switch.ts` starts it, on a port of its own. */
const data = process.env.DATA || fileURLToPath(new URL('.tmp', import.meta.url));
const over = Number(process.env.OVER || 5000);

const { app, leave } = rollingApp(data, { duration: over, retry: [0, 500] });
const server = app.listen(Number(process.env.PORT || 0), '127.0.0.1', () => {
  const address = server.address();
  // Whoever started this process sends readers here from now on.
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});

// The library listens for no signal: who is asked to stop, and when, is the app's to say.
process.once('SIGTERM', async () => {
  server.close();
  await leave();
  // What remains are connections that were kept alive for a next request.
  server.closeAllConnections();
  process.disconnect?.();
});
