import { SweepNode, sweep } from '../feed/sweep.ts';
import { clock } from '../time/clock.ts';
import { type Encoded, type EventEncoder, sizeOf } from './EventEncoder.ts';
import type { Writer } from './Writer.ts';

/**
 * The frames that the next write of a stream sends, and their place in the sweep. The ids are added when they are taken, so
 * that connections that are sent the same share the rest.
 */
export class PendingFrames extends SweepNode {
  /** The sum of their characters, about. */
  size = 0;
  readonly #writer: Writer;
  #frames: Encoded[] | undefined;
  #isScheduled = false;

  constructor(writer: Writer) {
    super();
    this.#writer = writer;
  }

  get isEmpty(): boolean {
    return this.#frames === undefined;
  }

  push(encoded: Encoded): void {
    if (this.#frames === undefined) this.#frames = [encoded];
    else this.#frames.push(encoded);
    this.size += sizeOf(encoded);
  }

  /** Removes the frames and returns their text. */
  take(encoder: EventEncoder): string {
    const frames = this.#frames;
    this.clear();
    let text = '';
    if (frames !== undefined) for (const encoded of frames) text = encoder.append(text, encoded);
    return text;
  }

  /** Removes the frames and returns them. */
  takeAll(): readonly Encoded[] {
    const frames = this.#frames ?? [];
    this.clear();
    return frames;
  }

  clear(): void {
    this.#frames = undefined;
    this.size = 0;
  }

  /**
   * Lets the sweep call `onDrain` of the writer, once for all that is pending by then.
   *
   * @param isPulled true for an iterable: the values that it already has come a microtask apart, so that those of one turn
   *   are written together in the next
   */
  schedule(isPulled: boolean): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    if (isPulled) clock.turn(() => sweep().add(this));
    else sweep().add(this);
  }

  serve(): void {
    this.#isScheduled = false;
    this.#writer.onDrain();
  }

  fail(error: unknown): void {
    this.#writer.fail(error);
  }
}
