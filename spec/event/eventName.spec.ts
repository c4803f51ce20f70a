import { expect } from 'chai';
import * as fc from 'fast-check';
import { event } from '../../lib/event/event.ts';
import { snakeCase } from '../../lib/event/eventName.ts';

/** The same table stands in spec/types/events.types.ts for the type. */
const table: Record<string, string> = {
  Echo: 'echo',
  ReverseEcho: 'reverse_echo',
  reverseEcho: 'reverse_echo',
  HTTPError: 'http_error',
  MyHTTPError: 'my_http_error',
  HTTP: 'http',
  Level2Update: 'level2_update',
  Level2: 'level2',
  V2API: 'v2_api',
  ABTest: 'ab_test',
  aB: 'a_b',
  'order.paid': 'order.paid',
  'Order.Paid': 'order.paid',
  already_snake: 'already_snake',
  Foo_Bar: 'foo_bar',
  'kebab-case': 'kebab-case',
  ÜberÄnderung: 'über_änderung',
  X: 'x',
};

describe('snakeCase', () => {
  for (const [key, name] of Object.entries(table))
    it(`makes ${key} ${name}`, () => expect(snakeCase(key)).to.equal(name));

  it('changes nothing twice, and nothing but case and underscores', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '2', '_', '.', 'é', 'É') });
    fc.assert(
      fc.property(key, (text) => {
        const name = snakeCase(text);
        expect(snakeCase(name)).to.equal(name);
        expect(name.replaceAll('_', '')).to.equal(text.replaceAll('_', '').toLowerCase());
      }),
    );
  });

  it('puts an underscore where a word begins and nowhere else', () => {
    const word = fc.stringMatching(/^[A-Z][a-z0-9]*[a-z]$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        expect(snakeCase(words.join(''))).to.equal(words.map((text) => text.toLowerCase()).join('_'));
      }),
    );
  });
});

describe('the name of an event', () => {
  const named = (name: unknown) => () => Reflect.apply(event, undefined, [name]);

  it('may be anything of one line', () => {
    for (const name of ['echo', 'order.paid', 'rxsse', 'rxsses.x', 'opened', 'errors', 'Öffnung', '😀', ' a b']) {
      expect(named(name)).not.to.throw();
    }
  });

  it('is not reserved', () => {
    for (const name of ['rxsse.', 'rxsse.gap', 'rxsse.position', 'error', 'open']) {
      expect(named(name)).to.throw(TypeError, `${name} is reserved`);
    }
  });

  it('is not empty, and a string', () => {
    expect(named('')).to.throw(TypeError, 'an event needs a name, got an empty one');
    expect(named(5)).to.throw(TypeError, "an event's name is a string, got number");
  });

  it('holds nothing that the wire cannot carry, and is not shown as it is', () => {
    for (const char of ['\r', '\n', '\0']) {
      expect(named(`a${char}b`))
        .to.throw(TypeError, 'a name cannot hold CR, LF or NUL')
        .with.property('message')
        .not.contain(char);
    }
    for (const half of ['\ud83d', 'a\udc00']) expect(named(half)).to.throw(TypeError, 'half a surrogate pair');
  });
});
