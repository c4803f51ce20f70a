import { readFileSync } from 'node:fs';

/** One line of a diagram: `source   --a-b|   (what the letters are)`. */
interface Row {
  readonly label: string;
  readonly marbles: string;
  /** Columns that it starts after the first row: a stream that is subscribed later. */
  readonly offset: number;
}

/** A diagram of a doc comment. Each row must be read, so that a spec tests all of them. */
export class DocDiagram {
  readonly #rows: readonly Row[];
  readonly #unread: Set<string>;

  constructor(text: string) {
    this.#rows = rowsOf(text);
    this.#unread = new Set(this.#rows.map(({ label }) => label));
  }

  get labels(): readonly string[] {
    return this.#rows.map(({ label }) => label);
  }

  get unread(): readonly string[] {
    return [...this.#unread];
  }

  /** Returns the only row whose label starts with a text. */
  row(label: string): Row {
    const found = this.#rows.filter((row) => row.label.startsWith(label));
    const [row] = found;
    if (row === undefined || found.length > 1) {
      throw new Error(
        `expected one row that begins with "${label}", got ${found.length} of ${this.labels.join(' | ')}`,
      );
    }
    this.#unread.delete(row.label);
    return row;
  }

  marbles(label: string): string {
    return this.row(label).marbles;
  }
}

function rowsOf(text: string): readonly Row[] {
  let first: number | undefined;
  return text.split('\n').map((line) => {
    const { label, space, marbles } =
      /^(?<label>\S+(?: \S+)*)(?<space> {2,})(?<marbles>\S+)(?: +\(.*\))?$/.exec(line)?.groups ?? {};
    if (label === undefined || space === undefined || marbles === undefined) {
      throw new Error(`expected a label, two spaces and marbles, got "${line}"`);
    }
    const column = label.length + space.length;
    first ??= column;
    return { label, marbles, offset: column - first };
  });
}

/** Returns the diagrams in the doc comments of a text. */
export function diagramsIn(source: string): readonly string[] {
  return [...source.matchAll(/^ \* ```text\n(?<lines>(?: \*.*\n)*?) \* ```$/gm)].map((match) =>
    (match.groups?.lines ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^ \* ?/, ''))
      .join('\n'),
  );
}

/** Returns the only diagram in the doc comments of a file. */
export function diagramOf(file: string): DocDiagram {
  const [diagram, ...more] = diagramsIn(readFileSync(file, 'utf8'));
  if (diagram === undefined || more.length > 0) throw new Error(`${file}: expected one diagram`);
  return new DocDiagram(diagram);
}
