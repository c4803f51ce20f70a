import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findTool } from '../support/requires.ts';

const story = /^Your question: .* resumes it\.$/;

/** Checks what the guide to streams of a model leaves behind, and uses its page, where Chromium is installed. */
export async function checkChat(cwd: string, url: string): Promise<void> {
  checkIds(cwd);
  await usePage(url);
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

/** Sends a question in the page, reloads it in the middle of the answer, and stops another answer. */
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
      await page.getByText(`Your question: ${text}`).waitFor();
    };
    await ask('Why?');
    await page.reload();
    await page.getByText('resumes it.').waitFor();
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
