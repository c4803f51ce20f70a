/** The deepest value that is copied. */
const maxDepth = 32;

/** Stands for a value that cannot be copied: what it is encoded as may depend on more than its fields. */
export const notPlain: unique symbol = Symbol('not plain');

/** The fields of a copied object, in their order. */
class FieldsCopy {
  readonly keys: string[] = [];
  readonly values: unknown[] = [];
}

/**
 * Returns a copy of plain data, for `equalsCopy` alone: of primitives, dates, arrays and objects without a class. Returns `notPlain` for any other
 * value, for one with a method, such as `toJSON`, and for one that is nested too deeply or contains itself.
 */
export function plainCopyOf(value: unknown): unknown {
  return copyOf(value, false, 0);
}

/** Returns a copy of what JSON text restores as it is; `notPlain` for any other value, such as a date, NaN or a field that is undefined. */
export function jsonCopyOf(value: unknown): unknown {
  return copyOf(value, true, 0);
}

function copyOf(value: unknown, isJson: boolean, depth: number): unknown {
  if (typeof value === 'function') return notPlain;
  if (typeof value !== 'object' || value === null) return isJson && !isJsonPrimitive(value) ? notPlain : value;
  if (depth === maxDepth) return notPlain;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) {
      const copy = copyOf(item, isJson, depth + 1);
      if (copy === notPlain) return notPlain;
      items.push(copy);
    }
    return items;
  }
  if (value instanceof Date) return isJson ? notPlain : new Date(value);
  if (!hasNoClass(value)) return notPlain;
  const json: Record<string, unknown> = {};
  const fields = new FieldsCopy();
  for (const key in value) {
    if (key === '__proto__') return notPlain;
    const copy = copyOf((value as Readonly<Record<string, unknown>>)[key], isJson, depth + 1);
    if (copy === notPlain) return notPlain;
    if (isJson) json[key] = copy;
    else {
      fields.keys.push(key);
      fields.values.push(copy);
    }
  }
  return isJson ? json : fields;
}

function isJsonPrimitive(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  return typeof value === 'string' || typeof value === 'boolean' || value === null;
}

/**
 * Returns true if a value is what it was, or what another value was, when this copy was made: with the same fields in the
 * same order.
 */
export function equalsCopy(value: unknown, copy: unknown): boolean {
  if (typeof copy !== 'object' || copy === null) return Object.is(value, copy);
  if (typeof value !== 'object' || value === null) return false;
  if (copy instanceof FieldsCopy) {
    if (Array.isArray(value) || !hasNoClass(value)) return false;
    const { keys, values } = copy;
    let index = 0;
    // A function differs from any copy, also one that an object inherits.
    for (const key in value) {
      if (key !== keys[index] || !equalsCopy(value[key as never], values[index])) return false;
      index++;
    }
    return index === keys.length;
  }
  if (Array.isArray(copy)) {
    if (!Array.isArray(value) || value.length !== copy.length) return false;
    for (let index = 0; index < copy.length; index++) if (!equalsCopy(value[index], copy[index])) return false;
    return true;
  }
  return copy instanceof Date && value instanceof Date && Object.is(value.getTime(), copy.getTime());
}

function hasNoClass(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
