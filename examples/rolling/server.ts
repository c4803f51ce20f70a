import { fileURLToPath } from 'node:url';
import { rollingApp } from './app.ts';

/** One of the successive servers; `switch.ts` starts it on a port of its own. */
const data = process.env.DATA || fileURLToPath(new URL('.tmp', import.meta.url));
const duration = Number(process.env.DURATION || 5000);

const { app, leave } = rollingApp(data, { duration, retry: [0, 500] });
const server = app.listen(Number(process.env.PORT || 0), '127.0.0.1', () => {
  const address = server.address();
  // The parent process forwards new connections to this port from now on.
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});

// The library handles no signals: the app decides when to stop.
process.once('SIGTERM', async () => {
  server.close();
  await leave();
  // The remaining connections were kept alive for another request.
  server.closeAllConnections();
  process.disconnect?.();
});
