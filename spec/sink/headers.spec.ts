import { expect } from 'chai';
import { NEVER } from 'rxjs';
import { sse } from '../../lib/index.ts';

describe('the option headers', () => {
  const refused: readonly (readonly [what: string, headers: Record<string, string>, message: RegExp])[] = [
    ['a value with CR and LF', { 'X-A': 'a\r\nX-B: b' }, /headers\.X-A must be one line of Latin-1 text/],
    ['a value with LF', { 'X-A': 'a\nb' }, /must be one line/],
    ['a value with NUL', { 'X-A': 'a\0' }, /must be one line/],
    ['a value beyond Latin-1', { 'X-A': '\u2713' }, /must be one line of Latin-1 text; encode other characters/],
    ['a value that is not a string', { 'X-A': 1 as never }, /headers\.X-A must be a string, got number/],
    ['a name with LF', { 'X-A\nX-B': 'a' }, /must have names of letters, digits and hyphens, got "X-A\\nX-B"/],
    ['an empty name', { '': 'a' }, /must have names of letters/],
    ['a record that is none', ['X-A'] as never, /headers must be a record of strings, got array/],
  ];

  for (const [what, headers, message] of refused) {
    it(`refuses ${what} when the route is created`, () => {
      expect(() => sse({ headers }, NEVER)).to.throw(TypeError, message);
    });
  }
});
