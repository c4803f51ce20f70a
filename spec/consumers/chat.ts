import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { findTool } from '../support/requires.ts';
import { guideSteps, notShown } from './guide.ts';

const startsServer = /tsx server\.ts$/;
const story = /^You asked: .* reads on\.$/;

/**
 * Follows the guide to streams of a model in an empty folder, word for word but for the path of the package and the port: it
 * writes the files, installs, starts the server, cuts and resumes, kills the server and starts it again. Then it uses the
 * page, where Chromium is installed.
 */
export async function followChat(cwd: string, tarball: string, guide: string): Promise<void> {
  const port = await freePort();
  const here = (text: string) => text.replaceAll('3000', String(port));
  let server: ChildProcess | undefined;
  try {
    for (const step of guideSteps(guide)) {
      if ('write' in step) {
        mkdirSync(dirname(join(cwd, step.write)), { recursive: true });
        writeFileSync(join(cwd, step.write), here(step.text));
      } else if (startsServer.test(step.run)) {
        await kill(server);
        server = await start(step.run, cwd, here('http://localhost:3000'));
      } else {
        run(
          here(step.run.replace(/^npm install rxsse(?= )/, `npm install --prefer-offline ${tarball}`)),
          cwd,
          step.shows,
        );
      }
      if ('run' in step) console.log(`ok  the guide: ${step.run}`);
    }
    checkIds(cwd);
    await usePage(here('http://localhost:3000'));
  } finally {
    await kill(server);
  }
}

function run(command: string, cwd: string, shows: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd, encoding: 'utf8', timeout: 240_000 });
  const missing = notShown(shows, stdout);
  if (status === 0 && missing.length === 0) return;
  process.stdout.write(`${stdout}${stderr}`);
  throw new Error(`the guide: ${command}: exit code ${status}, missing in its output: ${missing.join('\n')}`);
}

/** Starts the server in a process group of its own; resolves when it prints where it listens. */
async function start(command: string, cwd: string, greeting: string): Promise<ChildProcess> {
  const child = spawn('sh', ['-c', `exec ${command}`], { cwd, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const isOver = once(child, 'exit').then(() => {
    throw new Error(`the guide: ${command} ended: ${output}`);
  });
  isOver.catch(() => {});
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  while (!output.includes(greeting)) await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), isOver]);
  return child;
}

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await exited;
}

/** Checks that what was received before the cut and after it are all events, each once. */
function checkIds(cwd: string): void {
  const sequencesIn = (file: string) =>
    [...readFileSync(join(cwd, file), 'utf8').matchAll(/^id: \S+\.(\d+)\r?\nevent: token$/gm)].map(([, n]) =>
      Number(n),
    );
  const [before, after] = [sequencesIn('cut.txt'), sequencesIn('rest.txt')];
  const all = [...before, ...after];
  if (before.length === 0 || after.length === 0 || all.some((sequence, n) => sequence !== n + 1)) {
    throw new Error(`the guide: expected each event once, got ${before} before the cut and ${after} after it`);
  }
  console.log(
    `ok  the guide: ${before.length} events before the cut, ${after.length} after it, none missing or repeated`,
  );
}

/** Asks in the page, reloads it in the middle of the answer, and stops another answer. */
async function usePage(url: string): Promise<void> {
  const executablePath = findTool('chromium');
  if (executablePath === undefined)
    return console.log('--  the guide: its page needs Chromium, which is not installed');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(url);
    const answerOf = () => page.locator('#answer').textContent();
    const ask = async (text: string) => {
      await page.getByLabel('Question').fill(text);
      await page.getByRole('button', { name: 'Ask' }).click();
      await page.getByText(`You asked: ${text}`).waitFor();
    };
    await ask('Why?');
    await page.reload();
    await page.getByText('reads on.').waitFor();
    const text = (await answerOf()) ?? '';
    if (!story.test(text)) throw new Error(`the guide: expected the whole story in the page, got ${text}`);
    await ask('How?');
    const stopped = page.waitForResponse((response) => response.request().method() === 'DELETE');
    await page.getByRole('button', { name: 'Stop' }).click();
    if ((await stopped).status() !== 204) throw new Error('the guide: the answer was not stopped');
    if (story.test((await answerOf()) ?? '')) throw new Error('the guide: the answer was stopped too late');
    console.log('ok  the guide: its page, reloaded in the middle of an answer, and its stop button');
  } finally {
    await browser.close();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
