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
 * site, such as an example, leads to the repository; without its address it becomes the path of that file.
 *
 * @param ending of the pages that are linked to; `.md` for a text that is read as Markdown
 * @param repository the address of the repository, without a slash at its end
 */
export function linksRewritten(
  file: string,
  text: string,
  pages: ReadonlySet<string>,
  ending: '' | '.md' = '',
  repository?: string,
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
      if (repository !== undefined) return `[${label}](${repository}/tree/HEAD/${aimed})`;
      return label === aimed || label.startsWith('`') ? label : `${label} (\`${aimed}\`)`;
    },
  );
}

/** Returns the address that `repository` of a package.json has for a browser; `undefined` where there is none. */
export function repositoryOf(manifest: string): string | undefined {
  const { repository } = JSON.parse(manifest) as { readonly repository?: string | { readonly url: string } };
  const url = typeof repository === 'object' ? repository.url : repository;
  return url?.replace(/^git\+/, '').replace(/\.git$/, '');
}

/** Returns where the site has an image of `docs/images`. */
function imageAt(path: string): string {
  return `/${path.replace(/^docs\//, '')}`;
}
