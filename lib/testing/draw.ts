import { interval, type Observable, Subscription } from 'rxjs';
import { checkDelay, checkNumber } from '../data/check.ts';
import { checkOptions } from '../data/checkOptions.ts';
import { kindOf } from '../data/kindOf.ts';
import { Marks, textOf } from './Marks.ts';

/** How a live stream is drawn. @category testing */
export interface DrawOptions {
  /** The text before each row. @default '' */
  readonly label?: string;
  /** The milliseconds of one column. Above 0, at most 2147483647. @default 100 */
  readonly interval?: number;
  /** The columns of a row. A whole number, 1 or more. @default 60 */
  readonly width?: number;
  /** Receives the text as it is drawn. @default writes to standard output */
  readonly write?: (text: string) => void;
}

/**
 * Draws a live stream as a marble diagram while it runs: a column for each 100 ms, a letter for each value, and below
 * each row the values of its letters. Each row has its own letters: a value may have another one in the next row.
 *
 * ```text
 * prices  ---a-----(bc)--------a--
 *   a  { symbol: 'ABC', price: 5 }
 * ```
 *
 * Subscribes to the stream, and ends with it. Text is only appended, so it can be piped. An error is drawn as `#`, and
 * is not passed on.
 *
 * @example Watch prices in a terminal
 * const watching = draw(prices, { label: 'prices', interval: 250 });
 * setTimeout(() => watching.unsubscribe(), 60_000);
 *
 * @throws RangeError at once for an `interval` or a `width` out of range.
 * @category testing
 */
export function draw(stream: Observable<unknown>, options: DrawOptions = {}): Subscription {
  checkOptions('draw', options, { label: 'string', interval: '', width: '', write: 'function' });
  const { label = '', interval: ms = 100, width = 60, write = toStandardOutput } = options;
  checkDelay('draw: interval', ms);
  checkNumber('draw: width', width, { min: 1, max: Number.MAX_SAFE_INTEGER, whole: true });

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
    // Letters are few and values many: no letter is remembered longer than its row.
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
  const columnsOfTime = interval(ms).subscribe(() => {
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

/** Returns the message of an error, where it has one. */
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
