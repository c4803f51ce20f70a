import { interval, type Observable, Subscription } from 'rxjs';
import { maxTimerDelay } from '../data/check.ts';
import { kindOf } from '../data/kindOf.ts';
import { Marks, textOf } from './Marks.ts';

/** How a live stream is drawn. @category testing */
export interface DrawOptions {
  /** Stands before each row. @default '' */
  readonly label?: string;
  /** Milliseconds of one column. Above 0, and no more than a timer can hold. @default 100 */
  readonly every?: number;
  /** Columns of a row. A whole number, 1 or more. @default 60 */
  readonly width?: number;
  /** Takes the text as it comes. @default to standard output */
  readonly write?: (text: string) => void;
}

/**
 * Draws a live stream as a marble diagram, while it lives: a column each 100 ms,
 * a letter for each value, and below each row what its letters stand for. Each
 * row has letters of its own: a value may have another in the next.
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
 * @throws RangeError at once for an `every` or a `width` out of range.
 * @see {@link drawSvg} for a diagram that is known.
 * @category testing
 */
export function draw(stream: Observable<unknown>, options: DrawOptions = {}): Subscription {
  const { label = '', every = 100, width = 60, write = toStandardOutput } = options;
  if (!(every > 0 && every <= maxTimerDelay)) {
    throw new RangeError(`draw: every must be above 0 ms, and ${maxTimerDelay} ms or less, got ${every}`);
  }
  if (!Number.isSafeInteger(width) || width < 1) {
    throw new RangeError(`draw: width must be a whole number of columns, 1 or more, got ${width}`);
  }

  let marks = new Marks();
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
    const legend = marks.legend(inRow);
    // Letters give out, and values are many: none is remembered longer than its row.
    marks = new Marks();
    inRow.clear();
    columns = 0;
    write(['', ...legend, ''].join('\n'));
  };
  const add = (mark: string): void => {
    column.push(mark);
    inRow.add(mark);
  };
  const end = (mark: '|' | '#'): void => {
    add(mark);
    closeColumn();
    closeRow();
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
      error: (error: unknown) => {
        end('#');
        write(`  #  ${errorText(error)}\n`);
      },
      complete: () => end('|'),
    }),
  );
  return drawing;
}

/** An error in its own words, where it is one and has some. */
function errorText(error: unknown): string {
  if (!(error instanceof Error)) return textOf(error);
  try {
    return String(error);
  } catch {
    return kindOf(error);
  }
}

function toStandardOutput(text: string): void {
  process.stdout.write(text);
}
