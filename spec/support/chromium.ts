import { type Browser, chromium, type Page } from 'playwright-core';
import { closing } from './closing.ts';

/** Lets Chromium run as root in a container, without requests of its own. */
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The longest wait for anything on a page, in ms: below the timeout of a browser spec, so that the failure says what was awaited. */
const pageTimeout = 15_000;

interface OpenedPage {
  readonly browser: Browser;
  readonly page: Page;
  /** The problems of the page so far: console errors and warnings, uncaught errors, failed requests. */
  readonly complaints: readonly string[];
}

/**
 * Opens an empty page in Chromium with a fresh profile while the callback runs,
 * and closes all of it afterwards. `executablePath` is the result of `requires('chromium')`.
 */
export async function withPage<T>(executablePath: string, use: (opened: OpenedPage) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({ executablePath, args: flags, timeout: 30_000 });
  return closing(
    () => browser.close(),
    async () => {
      const page = await browser.newPage();
      page.setDefaultTimeout(pageTimeout);
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
      });
      page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
      page.on('requestfailed', (request) => {
        complaints.push(`request failed: ${request.url()}: ${request.failure()?.errorText ?? 'unknown'}`);
      });
      return use({ browser, page, complaints });
    },
  );
}
