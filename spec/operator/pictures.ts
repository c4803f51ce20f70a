import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, textOf } from '../house/repo.ts';
import { DocDiagram, diagramsIn } from '../support/docDiagram.ts';
import { drawSvg } from './drawSvg.ts';

const folder = 'docs/images/operators';

/** The picture of each operator by its path, drawn from the diagram of its doc comment, which its spec runs. */
export function pictures(): ReadonlyMap<string, string> {
  const files = readdirSync(join(root, 'lib/operator')).filter((name) => name.endsWith('.ts'));
  return new Map(
    files.flatMap((name) => {
      const [text] = diagramsIn(textOf(`lib/operator/${name}`));
      if (text === undefined) return [];
      const diagram = new DocDiagram(text);
      const rows = diagram.labels.map((label) => {
        const { marbles, offset } = diagram.row(label);
        return [label, '-'.repeat(Math.max(0, offset)) + marbles] as const;
      });
      return [[`${folder}/${name.replace(/\.ts$/, '.svg')}`, drawSvg(Object.fromEntries(rows))] as const];
    }),
  );
}

/** Draws the pictures again, by `npm run pictures`. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(join(root, folder), { recursive: true });
  for (const [path, svg] of pictures()) writeFileSync(join(root, path), svg);
}
