export type { LogByName } from './logsByName.ts';
export {
  type RunDurability,
  type RunSource,
  type StoredChunk,
  type StreamDurabilityOptions,
  streamDurability,
} from './streamDurability.ts';
