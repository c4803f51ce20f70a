import { Html, html } from './html.ts';
import { pagePolicy } from './pagePolicy.ts';
import { type WholeResponse, wholeResponse } from './wholeResponse.ts';

/** A page that is one response. */
interface PageParts {
  readonly title: string;
  readonly style: string;
  readonly body: Html;
  readonly script: string;
}

/** Returns the response with a page, whose policy allows its own script and style by their hashes. */
export function pageResponse({ title, style, body, script }: PageParts): WholeResponse {
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
${body}
<script>${new Html(script)}</script>
</body>
</html>
`;
  return wholeResponse('text/html', text, { 'Content-Security-Policy': pagePolicy(script, style) });
}

/**
 * Returns the path of an address, and what precedes links that are relative to it, `''` or `inspect/`: they work behind a
 * proxy that serves the app below a path of its own.
 */
export function pathAndBase(address: string): { readonly path: string; readonly base: string } {
  const [path = '/'] = address.split('?', 1);
  return { path, base: path.endsWith('/') ? '' : `${path.slice(path.lastIndexOf('/') + 1)}/` };
}
