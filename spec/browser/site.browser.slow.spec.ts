import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import express from 'express';
import { routeOf } from '../../site/links.ts';
import { sections } from '../../site/pages.ts';
import { withPage } from '../support/chromium.ts';
import { expectAccessible } from '../support/expectAccessible.ts';
import { listen } from '../support/listen.ts';
import { requires, siteFolder } from '../support/requires.ts';

const app = express().use(express.static(join(siteFolder, 'dist'), { extensions: ['html'] }));
const routes = [
  '/',
  ...sections.flatMap(({ pages }) => pages.map(({ file }) => `/${routeOf(file)}`)),
  '/reference/rxsse',
];

describe('the documentation site in a browser', function () {
  this.timeout(180_000);
  const chromium = requires('chromium');
  requires('site');

  for (const [colorScheme, width] of [
    ['light', 1280],
    ['dark', 390],
  ] as const) {
    it(`shows each page in ${colorScheme}, ${width} pixels wide, without an error, an overflow or a foreign request`, () =>
      listen(app, (url) =>
        withPage(chromium(), async ({ page, complaints }) => {
          const foreign: string[] = [];
          page.on('request', (request) => {
            if (!request.url().startsWith(url)) foreign.push(request.url());
          });
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.setViewportSize({ width, height: 900 });
          const wide: string[] = [];
          for (const route of routes) {
            const response = await page.goto(url + route, { waitUntil: 'load' });
            expect(response?.status(), route).to.equal(200);
            const overflow = await page.evaluate(
              'document.documentElement.scrollWidth - document.documentElement.clientWidth',
            );
            if (overflow !== 0) wide.push(`${route}: ${overflow} pixels`);
          }
          expect(wide).to.deep.equal([]);
          expect(foreign).to.deep.equal([]);
          expect(complaints.filter((complaint) => !complaint.includes('ERR_ABORTED'))).to.deep.equal([]);
        }),
      ));

    it(`has no serious accessibility problem in ${colorScheme}, ${width} pixels wide`, () =>
      listen(app, (url) =>
        withPage(chromium(), async ({ page }) => {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.setViewportSize({ width, height: 900 });
          for (const route of ['/', '/getting-started', '/options']) {
            await page.goto(url + route, { waitUntil: 'networkidle' });
            await page.screenshot({ path: join(tmpdir(), `rxsse-site-${colorScheme}-${routeOf(route.slice(1))}.png`) });
            // The search button is VitePress's own: its label says "Search", and its text the keys, too.
            await expectAccessible(page, ['label-content-name-mismatch']);
          }
        }),
      ));
  }
});
