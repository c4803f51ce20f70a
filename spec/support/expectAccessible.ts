import axe from 'axe-core';
import { expect } from 'chai';
import type { Page } from 'playwright-core';

/**
 * Fails where axe-core finds a serious problem in a page, and where the page scrolls sideways.
 *
 * @param without the names of rules that are not checked
 */
export async function expectAccessible(page: Page, without: readonly string[] = []): Promise<void> {
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  expect(await page.evaluate(overflow), page.url()).to.equal(0);
  await page.evaluate(axe.source);
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  const found = (await page.evaluate(`axe.run(${JSON.stringify({ rules })})`)) as {
    readonly violations: readonly { readonly id: string; readonly impact: string; readonly nodes: object }[];
  };
  const serious = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const shown = serious.map(({ id, nodes }) => [id, JSON.stringify(nodes).slice(0, 600)]);
  expect(shown, page.url()).to.deep.equal([]);
}
