/** A run: the request that starts, resumes or joins it, or its id and an offset. @category agents */
export type RunSource = Pick<Request, 'headers' | 'url'> | { readonly runId: string; readonly offset?: string | null };

/** A chunk with the offset from which a reader resumes after it. @category agents */
export interface StoredChunk<Chunk> {
  readonly offset: string;
  readonly chunk: Chunk;
}

/** The `StreamDurability` of TanStack AI: one run, as one request starts or reads it. @category agents */
export interface RunDurability<Chunk> {
  /** Returns the offset of the request, `null` for one that starts the run. */
  resumeFrom(): string | null;
  /** Stores chunks, and returns the offset of each. */
  append(chunks: readonly Chunk[]): Promise<string[]>;
  /** Reads the chunks after an offset, and what follows, until the run has ended. Rejects for a run that failed. */
  read(offset: string, signal?: AbortSignal): AsyncIterable<StoredChunk<Chunk>>;
  /** Ends the run. */
  close(): Promise<void>;
  /** Returns everything that is stored now. */
  snapshot(): Promise<StoredChunk<Chunk>[]>;
}
