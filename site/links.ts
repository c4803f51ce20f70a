import { posix } from 'node:path';

/** Returns the path of a page in the site, without its ending: `guide/operators` of `docs/operators.md`. */
export function routeOf(file: string): string {
  return file
    .replace(/^docs\/(recipes\/)?/, '')
    .replace(/\.md$/, '')
    .toLowerCase();
}

/**
 * Returns a page whose relative links lead to the pages and images of the site. A link to a file that is not part of the
 * site, such as a spec, becomes the path of that file.
 *
 * @param ending of the pages that are linked to; `.md` for a text that is read as Markdown
 */
export function linksRewritten(
  file: string,
  text: string,
  pages: ReadonlySet<string>,
  ending: '' | '.md' = '',
): string {
  const generated = ending === '' ? '' : '.html';
  const pictured = text.replace(
    /\b(src|srcset)="((?:\.\.\/)*images\/[^"]+)"/g,
    (_, name: string, path: string) => `${name}="${imageAt(posix.join(posix.dirname(file), path))}"`,
  );
  return pictured.replace(
    /(!?)\[((?:[^\][]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g,
    (whole, image: string, label: string, target: string) => {
      if (/^([a-z]+:|#|\/)/.test(target)) return whole;
      const [path = '', anchor] = target.split('#');
      const aimed = posix.join(posix.dirname(file), path).replace(/\/$/, '');
      if (image === '!') return `![${label}](${imageAt(aimed)})`;
      if (aimed === 'docs/api' || aimed.startsWith('docs/api/')) {
        return `[${label}](/reference/${aimed === 'docs/api' ? '' : `${posix.basename(aimed, '.md')}${generated}`})`;
      }
      if (aimed === 'docs/decisions') return `[${label}](/decisions${generated})`;
      if (pages.has(aimed)) return `[${label}](/${routeOf(aimed)}${ending}${anchor === undefined ? '' : `#${anchor}`})`;
      return label === aimed || label.startsWith('`') ? label : `${label} (\`${aimed}\`)`;
    },
  );
}

/** Returns where the site has an image of `docs/images`. */
function imageAt(path: string): string {
  return `/${path.replace(/^docs\//, '')}`;
}
