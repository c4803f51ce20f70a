import type { Server } from 'node:http';
import { echoApp } from './app.ts';

const port = portOf(process.env.PORT || '3000');
if (port === undefined) fail('PORT is no port: expected a whole number from 0 to 65535, as in PORT=3001 npm start');
else stopOnSignal(listen(port));

function listen(port: number): Server {
  const server = echoApp().listen(port, (error) => {
    if (error) return fail(refusal(error, port));
    const address = server.address();
    const url = `http://localhost:${typeof address === 'object' && address !== null ? address.port : port}`;
    console.log(`The echo example: ${url}`);
    console.log(`In a terminal:    curl -N '${url}/sse3?message=hello'`);
  });
  return server;
}

function stopOnSignal(server: Server): void {
  const stop = () => {
    server.close();
    // A stream has no end to wait for: its connection is cut, which frees its source.
    server.closeAllConnections();
  };
  // Not `once`: npm and the terminal may both pass on one Ctrl-C.
  process.on('SIGINT', stop).on('SIGTERM', stop);
}

function refusal(error: NodeJS.ErrnoException, port: number): string {
  if (error.code === 'EADDRINUSE') {
    return `Port ${port} is busy: another program listens on it. Choose another: PORT=${port < 65_535 ? port + 1 : 3000} npm start`;
  }
  return `Cannot listen on port ${port} (${error.code ?? error.name}). Choose another: PORT=3001 npm start`;
}

function portOf(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

function fail(line: string): void {
  console.error(line);
  process.exitCode = 1;
}
