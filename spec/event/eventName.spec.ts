import { expect } from 'chai';
import * as fc from 'fast-check';
import { event } from '../../lib/event/event.ts';
import { eventName } from '../../lib/event/eventName.ts';

/** The same table is in spec/types/events.types.ts, for the type. */
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
  'Order.Paid': 'Order.Paid',
  'X-Ray': 'X-Ray',
  'Order Paid': 'Order Paid',
  '2FA': '2FA',
  $Rate: '$rate',
  'Größe.Neu': 'Größe.Neu',
  'Paid😀': 'Paid😀',
  already_snake: 'already_snake',
  Foo_Bar: 'foo_bar',
  'kebab-case': 'kebab-case',
  ÜberÄnderung: 'über_änderung',
  X: 'x',
};

describe('eventName', () => {
  for (const [key, name] of Object.entries(table))
    it(`returns ${name} for ${key}`, () => expect(eventName(key)).to.equal(name));

  it('changes only case and underscores, and does not change its own result', () => {
    const key = fc
      .string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '2', '_', '$', 'é', 'É') })
      .map((text) => `a${text}`);
    fc.assert(
      fc.property(key, (text) => {
        const name = eventName(text);
        expect(eventName(name)).to.equal(name);
        expect(name.replaceAll('_', '')).to.equal(text.replaceAll('_', '').toLowerCase());
      }),
    );
  });

  it('returns a key that is not an identifier unchanged', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'A', '2', '_', 'É') });
    const separator = fc.constantFrom('.', '-', ' ', '/', '😀', '\n');
    fc.assert(
      fc.property(part, separator, part, (before, char, after) => {
        expect(eventName(before + char + after)).to.equal(before + char + after);
      }),
    );
  });

  it('inserts an underscore at the start of each word and nowhere else', () => {
    const word = fc.stringMatching(/^[A-Z][a-z0-9]*[a-z]$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        expect(eventName(words.join(''))).to.equal(words.map((text) => text.toLowerCase()).join('_'));
      }),
    );
  });
});

describe('the name of an event', () => {
  const named = (name: unknown) => () => Reflect.apply(event, undefined, [name]);

  it('can be any text of one line', () => {
    for (const name of ['echo', 'order.paid', 'rxsse', 'rxsses.x', 'opened', 'errors', 'Öffnung', '😀', ' a b']) {
      expect(named(name)).not.to.throw();
    }
  });

  it('is not reserved', () => {
    for (const name of ['rxsse.', 'rxsse.gap', 'rxsse.position']) {
      expect(named(name)).to.throw(TypeError, `event: type ${name} is reserved`);
    }
  });

  it('is a string that is not empty', () => {
    expect(named('')).to.throw(TypeError, 'event: type must not be empty');
    expect(named(5)).to.throw(TypeError, 'event: type must be a string, got number');
  });

  it('contains only characters that can be sent, and is not repeated in the message otherwise', () => {
    for (const char of ['\r', '\n', '\0']) {
      expect(named(`a${char}b`))
        .to.throw(TypeError, 'event: type must not contain a')
        .with.property('message')
        .not.contain(char);
    }
    for (const half of ['\ud83d', 'a\udc00']) expect(named(half)).to.throw(TypeError, 'half of a surrogate pair');
  });
});
