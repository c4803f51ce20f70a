const builtIn = new Set(['Date', 'Map', 'Set', 'RegExp', 'Error', 'Promise', 'ArrayBuffer', 'Uint8Array']);

/**
 * Returns the kind of a value in a word that can be shown and logged, never
 * anything of the value itself. Never throws, also for a value with throwing traps.
 *
 * @internal
 */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : 'Infinity';
  if (typeof value !== 'object') return typeof value;
  try {
    if (Array.isArray(value)) return 'array';
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    if (tag === 'Date' && value instanceof Date && Number.isNaN(value.getTime())) return 'invalid Date';
    return builtIn.has(tag) ? tag : 'object';
  } catch {
    return 'object';
  }
}
