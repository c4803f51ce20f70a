import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { root } from '../house/repo.ts';
import { withPage } from '../support/chromium.ts';
import { exampleServer } from '../support/exampleServer.ts';
import { findTool } from '../support/requires.ts';

/**
 * Takes the pictures of README and docs from running servers, by `npm run pictures`: screenshots, light and dark, and a
 * recording of a cut and a resume as an animated WebP. Arguments choose some: `inspector`, `resume`, `echo page`.
 */
const folder = join(root, 'docs/images');
const schemes = ['light', 'dark'] as const;

/** The demos of the screenshots, and what is done before they are taken. */
const screenshots: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  echo: cut,
  prices: (page) => page.waitForTimeout(25_000),
  answer: cut,
  log: cut,
};

/** Cuts the connection, and waits until it is back and the events are compared, and two seconds more. */
async function cut(page: Page): Promise<void> {
  await page.waitForTimeout(3000);
  await page.locator('.cut').click();
  await page.locator('.outcome[data-outcome="whole"]').waitFor();
  await page.waitForTimeout(2000);
}

/** The time between two images of the recording, in milliseconds. */
const interval = 160;

// ── The recording ──────────────────────────────────────────────────────────

/** The part of an image that differs from the one before. */
interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly webp: Buffer;
}

interface Frame extends Part {
  /** How long it is shown, in milliseconds. */
  duration: number;
}

/** Encodes the part that has changed since the image before. It runs in the browser, which has the encoder. */
const encodeChange = `async (png, quality) => {
  const bitmap = await createImageBitmap(await (await fetch('data:image/png;base64,' + png)).blob());
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const image = context.getImageData(0, 0, width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const shown = globalThis.shown ?? new Uint32Array(pixels.length);
  globalThis.shown = pixels.slice();
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let n = 0; n < pixels.length; n++) {
    if (pixels[n] === shown[n]) continue;
    const [x, y] = [n % width, Math.floor(n / width)];
    left = Math.min(left, x); right = Math.max(right, x + 1);
    top = Math.min(top, y); bottom = Math.max(bottom, y + 1);
  }
  if (right === 0) return undefined;
  // The format has even offsets.
  left -= left % 2;
  top -= top % 2;
  const part = new OffscreenCanvas(right - left, bottom - top);
  part.getContext('2d').putImageData(image, -left, -top);
  const bytes = new Uint8Array(await (await part.convertToBlob({ type: 'image/webp', quality })).arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return { x: left, y: top, width: right - left, height: bottom - top, webp: btoa(text) };
}`;

/** Records the part of a page while something happens. */
async function record(page: Page, clip: Clip, happens: () => Promise<unknown>): Promise<readonly Image[]> {
  const images: Image[] = [];
  let isOver = false;
  const over = happens().finally(() => {
    isOver = true;
  });
  while (!isOver) {
    const at = performance.now();
    images.push({ at, png: await page.screenshot({ clip }) });
    await page.waitForTimeout(Math.max(0, at + interval - performance.now()));
  }
  await over;
  return images;
}

type Clip = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
type Image = { readonly at: number; readonly png: Buffer };

/** Returns what is different from the image that the encoder got before; `undefined` where nothing is. */
async function encode(encoder: Page, png: Buffer, quality: number): Promise<Part | undefined> {
  const changed = (await encoder.evaluate(`(${encodeChange})('${png.toString('base64')}', ${quality})`)) as
    | (Omit<Part, 'webp'> & { readonly webp: string })
    | undefined;
  return changed && { ...changed, webp: Buffer.from(changed.webp, 'base64') };
}

async function encodeAll(images: readonly Image[], encoder: Page): Promise<readonly Frame[]> {
  const frames: Frame[] = [];
  for (const [n, { at, png }] of images.entries()) {
    const duration = Math.round((images[n + 1]?.at ?? at + 3000) - at);
    const part = await encode(encoder, png, 0.72);
    const last = frames.at(-1);
    if (part !== undefined) frames.push({ ...part, duration });
    else if (last !== undefined) last.duration += duration;
  }
  return frames;
}

/** Returns an animated WebP that is repeated without end. @see https://developers.google.com/speed/webp/docs/riff_container */
function animatedWebp(frames: readonly Frame[]): Buffer {
  const [first] = frames;
  if (first === undefined) throw new Error('The recording has no image.');
  const hasAnimationAndAlpha = 0b0001_0010;
  const header = Buffer.concat([
    Buffer.from([hasAnimationAndAlpha, 0, 0, 0]),
    uint24(first.width - 1),
    uint24(first.height - 1),
  ]);
  const chunks = frames.map(({ x, y, width, height, webp, duration }) => {
    const position = [x / 2, y / 2, width - 1, height - 1, duration].map(uint24);
    // The image is blended with those before it, and remains.
    return chunk('ANMF', Buffer.concat([...position, Buffer.from([0]), imageIn(webp)]));
  });
  return chunk(
    'RIFF',
    Buffer.concat([Buffer.from('WEBP'), chunk('VP8X', header), chunk('ANIM', Buffer.alloc(6)), ...chunks]),
  );
}

/** Returns the chunks of a still WebP that contain its image. */
function imageIn(webp: Buffer): Buffer {
  const found: Buffer[] = [];
  for (let at = 12; at < webp.length; ) {
    const end = at + 8 + webp.readUInt32LE(at + 4);
    const padded = end + (end % 2);
    if (['ALPH', 'VP8 ', 'VP8L'].includes(webp.toString('latin1', at, at + 4))) found.push(webp.subarray(at, padded));
    at = padded;
  }
  return Buffer.concat(found);
}

function chunk(name: string, content: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(content.length);
  return Buffer.concat([Buffer.from(name), size, content, Buffer.alloc(content.length % 2)]);
}

function uint24(value: number): Buffer {
  return Buffer.from([value & 255, (value >> 8) & 255, value >> 16]);
}

// ── The pictures ───────────────────────────────────────────────────────────

async function takeScreenshot(url: string, name: string, colorScheme: 'light' | 'dark'): Promise<void> {
  await withPage(chromium, async ({ page, browser }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${url}/#${name}`);
    await screenshots[name]?.(page);
    await writeStill(await browser.newPage(), await page.screenshot(), `gallery-${name}-${colorScheme}`);
  });
}

/** Opens a stream on the contract page, and shows one of its frames. */
async function takeContract(url: string, colorScheme: 'light' | 'dark'): Promise<void> {
  await withPage(chromium, async ({ page, browser }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${url}/streams#get_sse3`);
    const route = page.locator('#get_sse3');
    await route.getByLabel('message').fill('hello');
    await route.getByRole('button', { name: 'Open the stream' }).click();
    await page.waitForTimeout(4500);
    await route.locator('.frame summary').first().click();
    await writeStill(await browser.newPage(), await page.screenshot(), `contract-${colorScheme}`);
  });
}

/** Cuts two of the streams of the echo example's own page. */
async function takeEcho(url: string, colorScheme: 'light' | 'dark'): Promise<void> {
  await withPage(chromium, async ({ page, browser }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(url);
    await page.waitForTimeout(7000);
    for (const path of ['/sse2', '/sse3']) await page.getByRole('button', { name: `Cut ${path} for 4 s` }).click();
    await page.waitForTimeout(8000);
    await writeStill(await browser.newPage(), await page.screenshot(), `echo-${colorScheme}`);
  });
}

async function writeStill(encoder: Page, png: Buffer, name: string): Promise<void> {
  const still = await encode(encoder, png, 0.82);
  if (still !== undefined) writeFileSync(join(folder, `${name}.webp`), still.webp);
}

/** Opens demos in other windows, and cuts one of them before the picture is taken. */
async function takeInspector(url: string, colorScheme: 'light' | 'dark'): Promise<void> {
  await withPage(chromium, async ({ page, browser }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${url}/inspect`);
    const windows = await Promise.all(
      ['echo', 'prices', 'log', 'answer'].map(async (demo) => {
        const window = await browser.newPage();
        await window.goto(`${url}/#${demo}`);
        return window;
      }),
    );
    await page.waitForTimeout(6000);
    await windows[0]?.locator('.cut').click();
    await page.waitForTimeout(9000);
    await page.locator('[data-lane="route:/sse3"]').getByRole('button').first().click();
    await page.waitForTimeout(1000);
    await writeStill(await browser.newPage(), await page.screenshot(), `inspector-${colorScheme}`);
  });
}

async function takeRecording(url: string, colorScheme: 'light' | 'dark'): Promise<void> {
  await withPage(chromium, async ({ page, browser }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 1000, height: 800 });
    await page.goto(`${url}/#echo`);
    await page.waitForTimeout(9000);
    const stage = await page.locator('.stage').boundingBox();
    const outcome = await page.locator('.outcome').boundingBox();
    if (stage === null || outcome === null) throw new Error('The gallery shows no demo.');
    const clip = { ...stage, height: outcome.y + outcome.height - stage.y + 24 };
    const images = await record(page, clip, async () => {
      await page.waitForTimeout(1000);
      await page.locator('.cut').click();
      await page.mouse.move(0, 0);
      await page.locator('.outcome[data-outcome="whole"]').waitFor();
      await page.waitForTimeout(1500);
    });
    const frames = await encodeAll(images, await browser.newPage());
    const webp = animatedWebp(frames);
    writeFileSync(join(folder, `resume-${colorScheme}.webp`), webp);
    console.log(`resume-${colorScheme}.webp: ${images.length} images, ${Math.round(webp.length / 1024)} KiB`);
  });
}

const chromium = findTool('chromium') ?? '';
const only = process.argv.slice(2);
const isWanted = (name: string) => only.length === 0 || only.includes(name);
mkdirSync(folder, { recursive: true });
const gallery = exampleServer('gallery', { PORT: '0' });
const echo = exampleServer('echo', { PORT: '0' });
const url = await gallery.url();
for (const scheme of schemes) {
  for (const name of Object.keys(screenshots)) if (isWanted(name)) await takeScreenshot(url, name, scheme);
  if (isWanted('contract')) await takeContract(url, scheme);
  if (isWanted('inspector')) await takeInspector(url, scheme);
  if (isWanted('echo page')) await takeEcho(await echo.url(), scheme);
  if (isWanted('resume')) await takeRecording(url, scheme);
}
for (const { child, closed } of [gallery, echo]) {
  child.kill('SIGTERM');
  await closed;
}
