import { pagePolicy } from '../contract/page/pagePolicy.ts';
import type { BundledPage } from './bundledPage.ts';

/** A whole response. */
export interface WholeResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const guards = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' };

/** Returns the response with the page. `base` precedes the addresses that it requests: '' or `inspect/`. */
export function pageResponse({ script, style }: BundledPage, base: string): WholeResponse {
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Inspector</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="app" data-base="${base.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`)}"></div>
<noscript>The inspector needs JavaScript.</noscript>
<script>${script}</script>
</body>
</html>
`;
  const headers = {
    ...guards,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': pagePolicy(script, style),
  };
  return { status: 200, headers, body };
}

/** Returns a short response. */
export function textResponse(status: number, text: string, headers: Record<string, string> = {}): WholeResponse {
  return { status, headers: { ...guards, 'Content-Type': 'text/plain; charset=utf-8', ...headers }, body: `${text}\n` };
}
