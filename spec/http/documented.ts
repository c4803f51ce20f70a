import { readFileSync } from 'node:fs';

const recipes = new URL('../../docs/recipes/servers.md', import.meta.url);

/** Returns the documented locations for nginx, for an app at this URL, with a short retry. */
export function locationsIn(url: string): string {
  const text = readFileSync(recipes, 'utf8');
  const [, block] = /```nginx\n(.*?)```/s.exec(text) ?? [];
  if (block === undefined) throw new Error('docs/recipes/servers.md shows no nginx');
  return block.replaceAll('http://127.0.0.1:3000', url).replace('retry: 3000', 'retry: 20');
}
