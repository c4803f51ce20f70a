import type { Server } from 'node:http';
import type { Express } from 'express';

interface ServeOptions {
  /** The command that starts the example. */
  readonly command: string;
  /** Returns the lines to print when it listens. */
  readonly greeting: (url: string) => readonly string[];
  /** Called when the server has stopped. */
  readonly onStopped: () => void;
}

/** Serves an example on PORT, or 3000, of the loopback interface until a signal; prints one line if it cannot. */
export function serveApp(app: Express, { command, greeting, onStopped }: ServeOptions): void {
  const giveUp = (line: string) => {
    fail(line);
    onStopped();
  };
  const port = portOf(process.env.PORT || '3000');
  if (port === undefined) {
    return giveUp(`PORT must be a whole number from 0 to 65535, as in PORT=3001 ${command}`);
  }
  const server = app.listen(port, process.env.HOST || '127.0.0.1', (error) => {
    if (error) return giveUp(refusal(error, port, command));
    const address = server.address();
    const url = `http://localhost:${typeof address === 'object' && address !== null ? address.port : port}`;
    console.log(greeting(url).join('\n'));
  });
  stopOnSignal(server, onStopped);
}

export function fail(line: string): void {
  console.error(line);
  process.exitCode = 1;
}

function stopOnSignal(server: Server, onStopped: () => void): void {
  const stop = () => {
    server.close(onStopped);
    // A stream has no end to wait for: its connection is cut.
    server.closeAllConnections();
  };
  // Not `once`: npm and the terminal may both forward one Ctrl-C.
  process.on('SIGINT', stop).on('SIGTERM', stop);
}

function refusal(error: NodeJS.ErrnoException, port: number, command: string): string {
  if (error.code === 'EADDRINUSE') {
    return `Port ${port} is in use by another program. Choose another one: PORT=${port < 65_535 ? port + 1 : 3000} ${command}`;
  }
  return `Cannot listen on port ${port} (${error.code ?? error.name}). Choose another one: PORT=3001 ${command}`;
}

function portOf(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}
