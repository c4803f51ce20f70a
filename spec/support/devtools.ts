import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { closing } from './closing.ts';

/** The result of a command, or the parameters of an event. */
type Values = Readonly<Record<string, unknown>>;

/** A tab of the browser, as a user has it: it is hidden while another tab of its window is shown. */
export interface DevtoolsTab {
  readonly targetId: string;
  /** Resolves when the process of the page has crashed. */
  readonly crashed: Promise<void>;
  send(method: string, params?: Values): Promise<Values>;
  /** Returns the value of an expression, awaited. */
  evaluate(expression: string): Promise<unknown>;
  /** Resolves when the expression is true. */
  until(expression: string): Promise<void>;
}

/** The browser without Playwright, which keeps every page visible, so that none can be frozen. */
interface DevtoolsBrowser {
  open(url: string): Promise<DevtoolsTab>;
  send(method: string, params?: Values): Promise<Values>;
}

/** Runs Chromium with a fresh profile while the callback runs, with tabs in one window. */
export async function withDevtools<T>(
  executablePath: string,
  use: (browser: DevtoolsBrowser) => Promise<T>,
): Promise<T> {
  const profile = await mkdtemp(join(tmpdir(), 'rxsse-chromium-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const child = spawn(
    executablePath,
    [...flags, ...quiet, `--user-data-dir=${profile}`, '--remote-debugging-pipe', 'about:blank'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const browser = connect(child.stdio[3] as Writable, child.stdio[4] as Readable);
  return closing(
    async () => {
      child.kill('SIGKILL');
      await exited;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
    () => use(browser),
  );
}

function connect(input: Writable, output: Readable): DevtoolsBrowser {
  const pending = new Map<number, { resolve(result: Values): void; reject(error: Error): void }>();
  const onCrash = new Map<string, () => void>();
  let count = 0;
  let rest = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    const messages = (rest + chunk).split('\0');
    rest = messages.pop() ?? '';
    for (const text of messages) {
      const { id, result, error, method, sessionId } = JSON.parse(text);
      if (method === 'Inspector.targetCrashed') onCrash.get(sessionId)?.();
      const command = pending.get(id);
      pending.delete(id);
      if (error === undefined) command?.resolve(result);
      else command?.reject(new Error(error.message));
    }
  });
  const send = (method: string, params: Values = {}, sessionId?: string): Promise<Values> =>
    new Promise((resolve, reject) => {
      const id = ++count;
      pending.set(id, { resolve, reject });
      input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  return {
    send: (method, params) => send(method, params),
    open: async (url) => {
      const { targetId } = await send('Target.createTarget', { url });
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
      await send('Inspector.enable', {}, String(sessionId));
      const crashed = new Promise<void>((resolve) => onCrash.set(String(sessionId), resolve));
      return tabOf(String(targetId), crashed, (method, params) => send(method, params, String(sessionId)));
    },
  };
}

function tabOf(targetId: string, crashed: Promise<void>, send: DevtoolsTab['send']): DevtoolsTab {
  const evaluate = async (expression: string): Promise<unknown> => {
    const options = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = (await send('Runtime.evaluate', options)) as {
      readonly result: { readonly value?: unknown };
      readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
    };
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? expression);
    return result.value;
  };
  const until = async (expression: string): Promise<void> => {
    const giveUpAt = Date.now() + 30_000;
    // An expression is not defined before the page's script has run.
    while ((await evaluate(expression).catch(() => false)) !== true) {
      if (Date.now() > giveUpAt) throw new Error(`waited too long for ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { targetId, crashed, send, evaluate, until };
}
