import { interval, type Observable, Subscription } from 'rxjs';
import { Marks } from './Marks.ts';

/** How a live stream is drawn. @category testing */
export interface DrawOptions {
  /** Stands before each row. @default '' */
  readonly label?: string;
  /** Milliseconds of one column. Above 0. @default 100 */
  readonly every?: number;
  /** Columns of a row. 1 or more. @default 60 */
  readonly width?: number;
  /** Takes the text as it comes. @default to standard output */
  readonly write?: (text: string) => void;
}

/**
 * Draws a live stream as a marble diagram, while it lives: a column each 100 ms,
 * a letter for each value, and below each row what its new letters stand for.
 *
 * ```text
 * prices  ---a-----(bc)--------a--
 *   a  { symbol: 'ABC', price: 5 }
 * ```
 *
 * Subscribes to the stream, and ends with it. Text is only ever added, so it can
 * be piped. An error is drawn as `#`, and goes no further.
 *
 * @example Watch prices in a terminal
 * const watching = draw(prices, { label: 'prices', every: 250 });
 * setTimeout(() => watching.unsubscribe(), 60_000);
 *
 * @throws RangeError at once when `every` is not above 0, or `width` below 1.
 * @see {@link drawSvg} for a diagram that is known.
 * @category testing
 */
export function draw(stream: Observable<unknown>, options: DrawOptions = {}): Subscription {
  const { label = '', every = 100, width = 60, write = toStandardOutput } = options;
  if (!(every > 0)) throw new RangeError(`draw: every must be above 0 ms, got ${every}`);
  if (!(width >= 1)) throw new RangeError(`draw: width must be 1 column or more, got ${width}`);

  const marks = new Marks();
  const explained = new Set<string>();
  const inRow = new Set<string>();
  let column: string[] = [];
  let columns = 0;

  const closeColumn = (): void => {
    if (columns === 0 && label !== '') write(`${label}  `);
    write(column.length === 0 ? '-' : column.length === 1 ? column.join('') : `(${column.join('')})`);
    column = [];
    columns++;
  };
  const closeRow = (): void => {
    const legend = marks.legend(new Set([...inRow].filter((letter) => !explained.has(letter))));
    for (const letter of inRow) explained.add(letter);
    inRow.clear();
    columns = 0;
    write(['', ...legend, ''].join('\n'));
  };
  const add = (mark: string): void => {
    column.push(mark);
    inRow.add(mark);
  };
  const end = (mark: string, value?: unknown): void => {
    add(marks.of({ mark, value }));
    closeColumn();
    closeRow();
    if (value !== undefined) write(`  #  ${value instanceof Error ? value : String(value)}\n`);
    drawing.unsubscribe();
  };

  const drawing = new Subscription();
  const columnsOfTime = interval(every).subscribe(() => {
    closeColumn();
    if (columns === width) closeRow();
  });
  drawing.add(columnsOfTime);
  drawing.add(
    stream.subscribe({
      next: (value) => add(marks.of({ value })),
      error: (error: unknown) => end('#', error),
      complete: () => end('|'),
    }),
  );
  return drawing;
}

function toStandardOutput(text: string): void {
  process.stdout.write(text);
}
