import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { story } from '../../examples/llm/script.ts';
import { withPage } from '../support/chromium.ts';
import { type ExampleServer, exampleServer } from '../support/exampleServer.ts';
import { expectAccessible } from '../support/expectAccessible.ts';
import { requires } from '../support/requires.ts';

/** Hides the environment of this machine, so that the example uses its own model. */
const unset = { OPENAI_API_KEY: '', OPENAI_BASE_URL: '', ANTHROPIC_API_KEY: '', ANTHROPIC_BASE_URL: '', REDIS_URL: '' };

describe('the page of the llm example', function () {
  this.timeout(60_000);
  const chromium = requires('chromium');
  let server: ExampleServer;
  let data: string;

  const start = (env: Readonly<Record<string, string>> = {}) => {
    server = exampleServer('llm', { PORT: '0', PACE: '20', LOG: '', DATA: data, ...unset, ...env });
    return server.url();
  };
  const kill = async () => {
    server.child.kill('SIGKILL');
    await server.closed;
  };
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'rxsse-llm-spec-'));
  });
  afterEach(async () => {
    await kill();
    rmSync(data, { recursive: true, force: true });
  });

  async function ask(page: Page, text: string): Promise<void> {
    await page.getByLabel('Question', { exact: true }).fill(text);
    await page.keyboard.press('Enter');
  }

  const shown = (page: Page) => page.locator('li .text').allTextContents();
  const facts = (page: Page) => page.locator('.facts > :not(.events)').allTextContents();
  const hasText = (page: Page, text: string) => page.locator('li .text', { hasText: text }).last().waitFor();
  const state = (page: Page, text: string) => page.locator('li .state', { hasText: text }).last().waitFor();

  /** Returns the text of each answer of a page as it is stored: what a GET of its location reads. */
  async function stored(page: Page): Promise<readonly string[]> {
    const entries = JSON.parse(await page.evaluate("localStorage.getItem('rxsse.ask')")) as { location: string }[];
    return Promise.all(
      entries.map(async ({ location }) => {
        const wire = await (await fetch(location)).text();
        expect(wire).to.include('event: rxsse.end');
        const tokens = wire.matchAll(/^event: token\ndata: (.*)$/gm);
        return [...tokens].map(([, json = '']) => JSON.parse(json).text).join('');
      }),
    );
  }

  it('continues in a page that is reloaded in the middle, and in a second tab, which shows the same', async () => {
    const url = await start();
    await withPage(chromium(), async ({ browser }) => {
      const context = await browser.newContext();
      const [page, second] = [await context.newPage(), await context.newPage()];
      const problems: string[] = [];
      for (const each of [page, second]) {
        each.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
        each.on('pageerror', (error) => problems.push(error.message));
      }
      await second.goto(url);
      await page.goto(url);
      await page.getByText('An answer that survives').waitFor();
      await ask(page, 'What is a <b>stream</b>?');
      await hasText(page, 'in the middle of a sentence');
      await page.reload();
      for (const each of [page, second]) {
        await state(each, 'done');
        expect(await shown(each)).to.deep.equal([story]);
        expect(await each.locator('.question').allTextContents()).to.deep.equal(['What is a <b>stream</b>?']);
        expect(await facts(each)).to.deep.equal(['0 reconnects', '0 repeated', '0 gaps']);
      }
      expect(await stored(page)).to.deep.equal([story]);
      expect(problems).to.deep.equal([]);
    });
  });

  it('continues after the page was closed, from what the browser has stored', async () => {
    const url = await start();
    await withPage(chromium(), async ({ browser }) => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(url);
      await ask(page, 'What is a stream?');
      await hasText(page, 'A stream does');
      await page.close();
      const again = await context.newPage();
      await again.goto(url);
      await state(again, 'done');
      expect(await shown(again)).to.deep.equal([story]);
    });
  });

  it('stops an answer in all tabs, by the button and by the keyboard', async () => {
    const url = await start();
    await withPage(chromium(), async ({ browser }) => {
      const context = await browser.newContext();
      const [page, second] = [await context.newPage(), await context.newPage()];
      for (const each of [page, second]) await each.goto(url);
      await ask(page, 'What is a stream?');
      await hasText(second, 'A stream does');
      await second.getByRole('button', { name: 'Stop' }).click();
      for (const each of [page, second]) await state(each, 'stopped');
      const [text = ''] = await stored(page);
      expect(story.startsWith(text)).to.equal(true);
      expect([await shown(page), await shown(second)]).to.deep.equal([[text], [text]]);

      await ask(page, 'And again?');
      await hasText(page, 'A stream does');
      await page.keyboard.press('Escape');
      await second.locator('li:last-child[data-state="stopped"]').waitFor();
      await page.getByRole('button', { name: 'New' }).click();
      for (const each of [page, second]) await each.getByText('An answer that survives').waitFor();
    });
  });

  it('shows why an answer failed in the middle, the call of a tool, and sends the earlier messages with a question', async () => {
    const url = await start();
    await withPage(chromium(), async ({ page }) => {
      const posted: unknown[] = [];
      page.on('request', (request) => request.method() === 'POST' && posted.push(request.postDataJSON()));
      await page.goto(url);
      await page.getByRole('button', { name: 'Show me an answer that is cut' }).click();
      await state(page, 'broke before the answer was complete');
      await ask(page, 'how is the weather?');
      await state(page, 'waits for the tool');
      await page.getByText('look_outside{"place":"Graz","unit":"celsius"}').waitFor();
      await page.getByText('4 in, 7 out').waitFor();
      expect(await shown(page)).to.deep.equal(['And then, in the middle of', 'Let me look out of the window.']);
      expect(await stored(page)).to.deep.equal(await shown(page));
      expect(posted[1]).to.deep.equal({
        messages: [
          { role: 'user', content: 'Show me an answer that is cut' },
          { role: 'assistant', content: 'And then, in the middle of' },
          { role: 'user', content: 'how is the weather?' },
        ],
      });
    });
  });

  it('shows what was stored of an answer whose process was killed and started again, and continues', async () => {
    const url = await start();
    await withPage(chromium(), async ({ page }) => {
      await page.goto(url);
      await ask(page, 'What is a stream?');
      await hasText(page, 'in the middle of a sentence');
      await kill();
      await state(page, 'reconnecting');
      await start({ PORT: new URL(url).port });
      await state(page, 'interrupted');
      const [text = ''] = await stored(page);
      expect(await shown(page)).to.deep.equal([text]);
      expect(text.length).to.be.above(60);
      expect(story.startsWith(text)).to.equal(true);
      expect((await facts(page)).slice(1)).to.deep.equal(['0 repeated', '0 gaps']);
      await ask(page, 'how is the weather?');
      await state(page, 'waits for the tool');
    });
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1200, 380]) {
      it(`has no serious accessibility problem and no sideways scrolling at ${width} pixels, ${colorScheme}`, async () => {
        const url = await start();
        await withPage(chromium(), async ({ page }) => {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.setViewportSize({ width, height: 800 });
          await page.goto(url);
          await expectAccessible(page);
          await ask(page, 'how is the weather?');
          await state(page, 'waits for the tool');
          await ask(page, 'one that is cut');
          await state(page, 'broke before the answer was complete');
          await ask(page, 'What is a stream?');
          await hasText(page, 'in the middle of a sentence');
          await expectAccessible(page);
        });
      });
    }
  }

  it('says that an answer is not stored any more', async () => {
    const url = await start({ LOG: 'memory' });
    await withPage(chromium(), async ({ page }) => {
      await page.goto(url);
      await ask(page, 'What is a stream?');
      await state(page, 'done');
      await kill();
      await start({ LOG: 'memory', PORT: new URL(url).port });
      await page.reload();
      await state(page, 'not stored any more');
      await page.getByText('What is a stream?').last().waitFor();
    });
  });
});
