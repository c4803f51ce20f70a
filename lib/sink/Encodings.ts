interface Encoding {
  readonly epoch: string;
  readonly event: unknown;
  readonly text: string;
}

/** As many as readers that keep up are apart. */
const most = 1024;

/** In characters: what pipelines make may be large. */
const longest = 1024 * 1024;

/**
 * The texts of events that pipelines over a feed put in the place of others: a
 * mapping that gives the same object to many readers is encoded for the first.
 */
export class Encodings {
  readonly #bySequence = new Map<number, Encoding>();
  #length = 0;

  /** The text of this very event at that place, made anew where it is not known. */
  textOf(epoch: string, sequence: number, event: unknown, encode: () => string): string {
    const known = this.#bySequence.get(sequence);
    if (known !== undefined && known.event === event && known.epoch === epoch) return known.text;
    const text = encode();
    this.#length += text.length - (known?.text.length ?? 0);
    this.#bySequence.set(sequence, { epoch, event, text });
    while (this.#bySequence.size > most || this.#length > longest) this.#forget();
    return text;
  }

  #forget(): void {
    const [oldest] = this.#bySequence;
    if (oldest === undefined) return;
    this.#bySequence.delete(oldest[0]);
    this.#length -= oldest[1].text.length;
  }
}
