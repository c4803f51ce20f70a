import { expect } from 'chai';
import fc from 'fast-check';
import * as t from 'io-ts';
import { DateFromISOString, events, feed, memoryLog, withDefault } from '../../lib/index.ts';

const ofProgram = new t.Type<number, number>('ofProgram', t.number.is, t.number.validate, (n) => n);

const Things = events({
  Flat: { text: t.string, n: t.number, flag: t.boolean },
  Deep: { inner: t.type({ list: t.array(t.type({ n: t.number })), kind: t.keyof({ a: null, b: null }) }) },
  Maybe: t.partial({ a: t.string, b: t.union([t.null, t.number]) }),
  When: { at: DateFromISOString },
  Named: { by: t.record(t.string, t.number) },
  Filled: { n: withDefault(t.number, () => 7) },
  Custom: { n: ofProgram },
  Nothing: t.null,
});

/** Publishes, and returns the entries of a reader at the tail and those of a feed that has to decode the same log. */
function entriesOf(publish: (things: ReturnType<typeof feedOf>) => void) {
  const log = memoryLog();
  const live = feedOf(log);
  const atTail: unknown[] = [];
  live.entries().subscribe((entry) => atTail.push(entry));
  publish(live);
  return new Promise<{ atTail: unknown[]; replayed: unknown[] }>((resolve) => {
    setImmediate(() => {
      const replayed: unknown[] = [];
      feedOf(log)
        .entries({ from: 'oldest' })
        .subscribe((entry) => replayed.push(entry));
      setImmediate(() => resolve({ atTail, replayed }));
    });
  });
}

const feedOf = (log: ReturnType<typeof memoryLog>) => feed(Things, { log, onError: () => {} });

const text = fc.oneof(fc.string(), fc.constantFrom('\ud800', '__proto__', 'line\nbreak', '\u2028'));
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(-0, Number.NaN, Infinity));
const thing = fc.oneof(
  fc.record({ text, n: number, flag: fc.boolean() }).map((data) => ({ type: 'flat' as const, data })),
  fc
    .record({
      list: fc.array(fc.record({ n: number }), { maxLength: 3 }),
      kind: fc.constantFrom('a' as const, 'b' as const),
    })
    .map((inner) => ({ type: 'deep' as const, data: { inner } })),
  fc.record({ a: text, b: fc.option(number) }, { requiredKeys: [] }).map((data) => ({ type: 'maybe' as const, data })),
  fc.date({ noInvalidDate: true }).map((at) => ({ type: 'when' as const, data: { at } })),
  fc.dictionary(text, number).map((by) => ({ type: 'named' as const, data: { by } })),
  fc.constant({ type: 'nothing' as const, data: null }),
);

describe('an entry that a pipeline at the tail receives', () => {
  it('equals the entry that is decoded from the log', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(thing, fc.boolean()), { maxLength: 8 }), async (things) => {
        const { atTail, replayed } = await entriesOf((live) => {
          for (const [one, isTyped] of things) {
            try {
              // Both forms of an event: plain, with a field that the definition does not have, and of its constructor.
              const { type, data } = one;
              const plain = data === null ? one : { type, data: { ...data, more: 1 } };
              const create =
                Things[
                  { flat: 'Flat', deep: 'Deep', maybe: 'Maybe', when: 'When', named: 'Named', nothing: 'Nothing' }[
                    type
                  ] as 'Flat'
                ];
              live.publish((isTyped ? create(data as never) : plain) as never).subscribe({ error: () => {} });
            } catch {
              // A value that its definition does not accept.
            }
          }
        });
        expect(atTail).to.deep.equal(replayed);
      }),
    ));

  for (const [what, one, times] of [
    [
      'is not decoded where its content is the same in the program and in JSON',
      Things.Flat({ text: 'a', n: 1, flag: true }),
      0,
    ],
    ['is not decoded where that is so of all that it contains', Things.Deep({ inner: { list: [], kind: 'a' } }), 0],
    ['is decoded where its codec is one of the program', Things.Custom({ n: 1 }), 1],
    ['is decoded where its codec changes values', Things.When({ at: new Date(0) }), 1],
    ['is decoded where JSON changes its value', Things.Flat({ text: 'a', n: -0, flag: true }), 1],
  ] as const) {
    it(what, async () => {
      const ofJson = JSON.parse;
      let parsed = 0;
      const live = feedOf(memoryLog());
      const seen: unknown[] = [];
      live.entries().subscribe((entry) => seen.push(entry));
      JSON.parse = (json) => {
        parsed++;
        return ofJson(json);
      };
      try {
        live.publish(one);
        await new Promise((resolve) => setImmediate(resolve));
      } finally {
        JSON.parse = ofJson;
      }
      expect([seen.length, parsed]).to.deep.equal([1, times]);
    });
  }

  it('does not change when the program changes the object that it has published', async () => {
    const data = { text: 'before', n: 1, flag: true };
    const { atTail, replayed } = await entriesOf((live) => {
      live.publish({ type: 'flat', data });
      data.text = 'after';
    });
    expect(atTail).to.deep.equal(replayed);
    expect(atTail).to.have.nested.property('[0].event.data.text', 'before');
  });

  it('is the stored one when its key was used for another event before', async () => {
    const { atTail } = await entriesOf((live) => {
      live.publish(Things.Flat({ text: 'first', n: 1, flag: true }), { key: 'k' });
      live.publish(Things.Flat({ text: 'second', n: 2, flag: true }), { key: 'k' });
    });
    expect(atTail.map((entry) => (entry as { event: { data: { text: string } } }).event.data.text)).to.deep.equal([
      'first',
    ]);
  });
});
