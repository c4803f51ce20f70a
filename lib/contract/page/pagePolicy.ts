import { createHash } from 'node:crypto';

/**
 * Returns the Content-Security-Policy of a page that is one response: its own script and style by their hashes, requests to
 * its own origin, and nothing else.
 */
export function pagePolicy(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src ${sourceHash(script)}`,
    `style-src ${sourceHash(style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
