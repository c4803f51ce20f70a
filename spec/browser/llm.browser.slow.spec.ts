import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { story } from '../../examples/llm/script.ts';
import { withPage } from '../support/chromium.ts';
import { type ExampleServer, exampleServer } from '../support/exampleServer.ts';
import { requires } from '../support/requires.ts';

/** Hides the environment of this machine, so that the example uses its own model. */
const unset = { OPENAI_API_KEY: '', OPENAI_BASE_URL: '', ANTHROPIC_API_KEY: '', ANTHROPIC_BASE_URL: '' };

describe('the page of the llm example', function () {
  this.timeout(60_000);
  const chromium = requires('chromium');
  let server: ExampleServer;

  const start = (env: Readonly<Record<string, string>> = {}) => {
    server = exampleServer('llm', { PORT: '0', PACE: '20', LINGER: '', FORMAT: '', ...unset, ...env });
    return server.url();
  };
  afterEach(async () => {
    server.child.kill('SIGKILL');
    await server.closed;
  });

  async function ask(page: Page, text: string): Promise<void> {
    await page.getByLabel('Question', { exact: true }).fill(text);
    await page.getByRole('button', { name: 'Ask' }).click();
  }

  const answers = (page: Page) => page.locator('li.run .text').allTextContents();
  const facts = (page: Page) => page.locator('.facts > :not(.status, .events)').allTextContents();
  const whole = ['0 reconnects', '0 repeated', '0 gaps'];

  for (const FORMAT of ['openai', 'anthropic']) {
    it(`shows the complete answer after its page was closed in the middle, in the format of ${FORMAT}`, async () => {
      const url = await start({ FORMAT });
      await withPage(chromium(), async ({ browser, page, complaints }) => {
        await page.goto(url);
        await page.getByText('Nothing yet').waitFor();
        await ask(page, 'What is a stream?');
        await page.getByText('in the middle of a sentence').waitFor();
        const conversation = page.url();
        await page.close();

        const again = await browser.newPage();
        await again.goto(conversation);
        await again.getByText('done', { exact: true }).waitFor();
        expect(await answers(again)).to.deep.equal([story]);
        expect(await again.locator('.question').allTextContents()).to.deep.equal(['What is a stream?']);
        await again.getByText(/^12 in, \d+ out$/).waitFor();
        expect(await facts(again)).to.deep.equal(whole);
        expect(complaints).to.deep.equal([]);
      });
    });
  }

  it('resumes in a page that is reloaded in the middle, and in a second window', async () => {
    const url = await start();
    await withPage(chromium(), async ({ browser }) => {
      const context = await browser.newContext();
      const [page, second] = [await context.newPage(), await context.newPage()];
      await page.goto(url);
      await ask(page, 'What is a stream?');
      await page.getByText('in the middle of a sentence').waitFor();
      // The page finds its conversation without its address.
      await second.goto(url);
      await page.reload();
      for (const each of [page, second]) {
        await each.getByText('done', { exact: true }).waitFor();
        expect(await answers(each)).to.deep.equal([story]);
        expect(await facts(each)).to.deep.equal(whole);
      }
    });
  });

  it('stops an answer, shows why one failed, and shows the call of a tool', async () => {
    const url = await start();
    await withPage(chromium(), async ({ page, complaints }) => {
      await page.goto(url);
      await ask(page, 'What is a stream?');
      await page.getByText('A stream does').waitFor();
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByText('stopped', { exact: true }).waitFor();
      expect(story.startsWith((await answers(page))[0] ?? '?')).to.equal(true);

      await ask(page, 'one that fails: 500');
      await page.getByText('The model failed').waitFor();
      await ask(page, 'how is the <b>weather</b>?');
      await page.getByText('waits for the tool').waitFor();
      await page.getByText('look_outside{"place":"Graz","unit":"celsius"}').waitFor();
      await page.getByText('how is the <b>weather</b>?').waitFor();
      expect(complaints).to.deep.equal([]);

      await page.getByRole('button', { name: 'New' }).click();
      await page.getByText('Nothing yet').waitFor();
    });
  });

  it('shows that the answer stopped when no page was reading it, with LINGER=0', async () => {
    const url = await start({ LINGER: '0' });
    await withPage(chromium(), async ({ browser, page }) => {
      await page.goto(url);
      await ask(page, 'What is a stream?');
      await page.getByText('A stream does').waitFor();
      const conversation = page.url();
      await page.close();
      const again = await browser.newPage();
      await again.goto(conversation);
      await again.getByText('because no page was reading it').waitFor();
    });
  });
});
