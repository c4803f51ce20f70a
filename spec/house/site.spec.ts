import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect } from 'chai';
import { linksRewritten, repositoryOf, routeOf } from '../../site/links.ts';
import { sections } from '../../site/pages.ts';
import { filesIn, root, textOf } from './repo.ts';

describe('the documentation site', () => {
  const listed = sections.flatMap(({ pages }) => pages.map(({ file }) => file));

  it('lists every document in its sidebar, once', () => {
    const isElsewhere = (file: string) => /^docs\/(api|decisions)\//.test(file);
    const documents = [...filesIn('docs', '.md').keys()].filter((file) => !isElsewhere(file));
    expect(listed.filter((file) => file.startsWith('docs/')).sort()).to.deep.equal(documents.sort());
    expect(new Set(listed.map(routeOf)).size).to.equal(listed.length);
  });

  it('rewrites links to its own pages and images', () => {
    const pages = new Set(['docs/options.md', 'docs/recipes/client.md', 'SECURITY.md']);
    const rewrite = (text: string) => linksRewritten('docs/recipes/client.md', text, pages);
    expect(rewrite('[options](../options.md#queue)')).to.equal('[options](/options#queue)');
    expect(rewrite('[here](client.md), [there](#gap)')).to.equal('[here](/client), [there](#gap)');
    expect(rewrite('[security](../../SECURITY.md)')).to.equal('[security](/security)');
    expect(rewrite('![a page](../images/echo.png)')).to.equal('![a page](/images/echo.png)');
    expect(rewrite('<source srcset="../images/dark.webp"><img src="../images/light.webp" alt="">')).to.equal(
      '<source srcset="/images/dark.webp"><img src="/images/light.webp" alt="">',
    );
    expect(rewrite('[API](../api), [names](../api/testing.md)')).to.equal(
      '[API](/reference/), [names](/reference/testing)',
    );
    expect(rewrite('[`sse`](../api/rxsse.md)')).to.equal('[`sse`](/reference/rxsse)');
    expect(rewrite('[why](../decisions)')).to.equal('[why](/decisions)');
    expect(rewrite('[RxJS](https://rxjs.dev)')).to.equal('[RxJS](https://rxjs.dev)');
  });

  it('links to another file in the repository, and writes its path where the address is not known', () => {
    const rewrite = (text: string, manifest: object) => {
      const repository = repositoryOf(JSON.stringify(manifest));
      return linksRewritten('docs/recipes/client.md', text, new Set(), '', repository);
    };
    const [llm, spec] = ['[the chat](../../examples/llm)', '[heartbeat](../../spec/sink/heartbeat.spec.ts)'];
    for (const repository of ['https://git.example/rxsse', { url: 'git+https://git.example/rxsse.git' }]) {
      expect(rewrite(llm, { repository })).to.equal('[the chat](https://git.example/rxsse/tree/HEAD/examples/llm)');
    }
    expect(rewrite(llm, {})).to.equal('the chat (`examples/llm`)');
    expect(rewrite(spec, {})).to.equal('heartbeat (`spec/sink/heartbeat.spec.ts`)');
  });

  it('has documents whose links lead to files', () => {
    const targets = [...listed, 'README.md'].flatMap((file) =>
      [...textOf(file).matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .map((target) => posix.join(posix.dirname(file), target)),
    );
    expect(targets.filter((target) => !existsSync(join(root, target)))).to.deep.equal([]);
    expect(targets.length).to.be.above(100);
  });

  it('has pages in Markdown whose links lead to pages in Markdown', () => {
    const routes = new Set(listed.map((file) => `/${routeOf(file)}.md`));
    const linked = listed.flatMap((file) => {
      const text = linksRewritten(file, textOf(file), new Set(listed), '.md');
      return [...text.matchAll(/[^!]\[[^\]]*\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)].map(([, target = '']) => target);
    });
    const elsewhere = /^(https?:|mailto:)|^\/(reference|decisions|images)\b/;
    expect(linked.filter((target) => !routes.has(target) && !elsewhere.test(target))).to.deep.equal([]);
    expect(linked.filter((target) => routes.has(target)).length).to.be.above(100);
  });
});
