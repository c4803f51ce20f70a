import { rmSync, writeFileSync } from 'node:fs';
import { bundledPage } from '../bundledPage.ts';

/** Replaces the module that bundles the page by one that has it as text: a published package needs no bundler. */
const target = new URL('../../../dist/inspector/bundledPage.js', import.meta.url);
const bundled = await bundledPage();
writeFileSync(
  target,
  `const page = ${JSON.stringify(bundled)};\nexport const bundledPage = () => Promise.resolve(page);\n`,
);
rmSync(new URL(`${target}.map`), { force: true });
