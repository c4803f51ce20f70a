/** The part of `sessionStorage` that a transport uses. @category agents */
export interface ChatStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

type ReceivedChunk = Readonly<Record<string, unknown>>;

/** Contains what is stored of an answer, and the position after it. */
interface StoredAnswer {
  readonly cursor: string;
  readonly chunks: readonly ReceivedChunk[];
}

/** The characters after which a part is complete: each chunk rewrites the last part. */
const partSize = 8192;

/** Stores what a page has received of the answer of a chat, in parts, with the position after it. */
export class ReceivedAnswer {
  readonly #storage: ChatStorage | undefined;
  readonly #key: string;
  #part = 0;
  #chunks: ReceivedChunk[] = [];
  #isFull = false;

  constructor(storage: ChatStorage | undefined, key: string) {
    this.#storage = storage;
    this.#key = key;
  }

  /** Returns what is stored; `undefined` where nothing is. What is added then follows it. */
  load(): StoredAnswer | undefined {
    const chunks: ReceivedChunk[] = [];
    let cursor: string | undefined;
    this.#reset();
    for (; ; this.#part++) {
      const text = this.#storage?.getItem(this.#keyOf(this.#part)) ?? null;
      if (text === null) return cursor === undefined ? undefined : { cursor, chunks };
      const part = partIn(text);
      if (part === undefined) {
        this.clear();
        return undefined;
      }
      chunks.push(...part.chunks);
      cursor = part.cursor;
    }
  }

  /** Stores a chunk and the position after it. A storage without room retains what it has, which fits its position. */
  add(cursor: string, chunk: ReceivedChunk): void {
    if (this.#storage === undefined || this.#isFull) return;
    const joined = joinedChunk(this.#chunks.at(-1), chunk);
    if (joined === undefined) this.#chunks.push(chunk);
    else this.#chunks.splice(-1, 1, joined);
    const text = JSON.stringify({ cursor, chunks: this.#chunks });
    try {
      this.#storage.setItem(this.#keyOf(this.#part), text);
    } catch {
      this.#isFull = true;
      return;
    }
    if (text.length < partSize) return;
    this.#part++;
    this.#chunks = [];
  }

  clear(): void {
    for (let part = 0; this.#storage?.getItem(this.#keyOf(part)) != null; part++) {
      this.#storage.removeItem(this.#keyOf(part));
    }
    this.#reset();
  }

  #reset(): void {
    this.#part = 0;
    this.#chunks = [];
    this.#isFull = false;
  }

  #keyOf(part: number): string {
    return `${this.#key} ${part}`;
  }
}

/** Returns what a text has that was stored; `undefined` for another text: scripts of the page can write it, too. */
function partIn(text: string): StoredAnswer | undefined {
  try {
    const part = JSON.parse(text) as Partial<StoredAnswer> | null;
    const { cursor, chunks } = part ?? {};
    return typeof cursor === 'string' && Array.isArray(chunks) ? { cursor, chunks } : undefined;
  } catch {
    return undefined;
  }
}

/** Returns one chunk for two deltas of the same text, and `undefined` for any others. */
function joinedChunk(before: ReceivedChunk | undefined, { type, ...rest }: ReceivedChunk): ReceivedChunk | undefined {
  if (before === undefined || before.type !== type) return undefined;
  const names = Object.keys(rest);
  const [delta] = names.filter((name) => /^(delta|inputTextDelta)$/.test(name));
  const isSame = names.every((name) => name === delta || before[name] === rest[name]);
  if (delta === undefined || !isSame || Object.keys(before).length !== names.length + 1) return undefined;
  return { ...before, [delta]: `${before[delta]}${rest[delta]}` };
}
