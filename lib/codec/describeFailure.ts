import type * as t from 'io-ts';
import { kindOf } from '../data/kindOf.ts';
import { shorten } from '../data/shorten.ts';
import type { ExactCodec } from './exact/ExactCodec.ts';

/** One failure of a value from outside; it can be shown and logged as it is. @category event */
export interface Issue {
  /** The path: `query.message`, `order.data.items[0].price`. */
  readonly path: string;
  /** Says what was expected there: the message of the codec, or else its name. */
  readonly expected: string;
  /** The kind of the value, never the value itself. */
  readonly got: string;
}

const mostLines = 8;
const longestSegment = 40;
const mostSegments = 16;
const longestExpectation = 80;

/**
 * Describes what is wrong with a value, one line for each failure, for a log or a response.
 *
 * Each line names the path, what was expected and the kind of the value, never the value itself: it may be secret,
 * hostile or very long. There are at most eight lines and one that counts the others, each of bounded length. A union
 * is one line and not one for each of its members. It works with the failures of any io-ts codec.
 *
 * @internal
 */
export function describeFailure(errors: t.Errors, root: string): readonly string[] {
  return linesOf(issuesOf(errors, root));
}

/** Returns why a value of the program does not match an exact codec, one line for each path. @internal */
export function describeMismatch(codec: t.Mixed, value: unknown, at: string): readonly string[] {
  const exact = codec as ExactCodec;
  const result = exact.validateAs(value, [{ key: '', type: exact, actual: value }], 'program');
  const lines = result._tag === 'Left' ? linesOf(issuesOf(result.left, at)) : [];
  // The `is` and `validate` of a custom codec may disagree.
  return lines.length > 0 ? lines : [`${at}: expected ${codec.name}, got ${kindOf(value)}`];
}

/** Returns the lines of issues, at most eight and one that counts the others. @internal */
export function linesOf(issues: readonly Issue[]): readonly string[] {
  const lines = issues
    .slice(0, mostLines)
    .map(({ path, expected, got }) => `${path}: expected ${expected}, got ${got}`);
  return issues.length > mostLines ? [...lines, `and ${issues.length - mostLines} more`] : lines;
}

/** Returns the failures as data, each issue once. @internal */
export function issuesOf(errors: t.Errors, root: string): readonly Issue[] {
  const issues = new Map<string, Issue>();
  for (const error of errors) {
    const issue = issueOf(error, root);
    issues.set(`${issue.path}\n${issue.expected}`, issue);
  }
  return [...issues.values()];
}

function issueOf(error: t.ValidationError, root: string): Issue {
  const { keys, expected, got } = located(error);
  const segments = keys.map(segment);
  if (segments.length > mostSegments) segments.splice(mostSegments, Number.POSITIVE_INFINITY, '.…');
  return { path: root + segments.join(''), expected, got };
}

/** An issue with the keys that lead to it. */
interface Located extends Omit<Issue, 'path'> {
  readonly keys: readonly string[];
}

/** Locates a failure: that of a union as one, whichever member io-ts reports. @internal */
export function located({ context, value, message }: t.ValidationError): Located {
  const keys: string[] = [];
  let name = message ?? context.at(-1)?.type.name;
  let actual = value;
  let parent: t.ContextEntry | undefined;
  for (const entry of context) {
    // io-ts gives each member of a union or intersection a context of its own, under its index.
    const inside = parent && Object.is(parent.actual, entry.actual) ? combination(parent.type) : undefined;
    if (inside === 'UnionType') {
      name = parent?.type.name;
      actual = entry.actual;
      break;
    }
    if (parent && inside === undefined) keys.push(entry.key);
    parent = entry;
  }
  return { keys, expected: shorten(name ?? 'another value', longestExpectation), got: kindOf(actual) };
}

/** Returns the text of a key. It may come from the sender: control characters are escaped for a log. */
function segment(key: string): string {
  if (/^\d+$/.test(key)) return `[${shorten(key, longestSegment)}]`;
  const short = shorten(key, longestSegment);
  if (/^[\w$…-]+$/.test(short)) return `.${short}`;
  const escaped = (char: string): string => `\\u{${char.codePointAt(0)?.toString(16)}}`;
  return `[${JSON.stringify(short).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escaped)}]`;
}

interface TaggedCodec {
  readonly _tag?: string;
  readonly type?: TaggedCodec;
}

/** Returns whether a codec is a union or an intersection under its wrappers. */
function combination(type: object): 'UnionType' | 'IntersectionType' | undefined {
  let inner: TaggedCodec | undefined = type;
  for (let depth = 0; depth < 10 && inner !== undefined; depth++) {
    const tag: string | undefined = inner._tag;
    if (tag === 'UnionType' || tag === 'IntersectionType') return tag;
    if (tag === undefined || !/^(Exact|Readonly|Refinement|Recursive)Type$/.test(tag)) return undefined;
    inner = inner.type;
  }
  return undefined;
}
