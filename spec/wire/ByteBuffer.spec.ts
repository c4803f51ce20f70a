import { expect } from 'chai';
import fc from 'fast-check';
import { ByteBuffer } from '../../lib/wire/ByteBuffer.ts';

/** Returns bytes of which neighbours differ. */
const bytes = (length: number, first = 0) => Uint8Array.from({ length }, (_, index) => (first + index) % 251);

/** Returns the bytes of a buffer, and the memory that it allocated for them. */
function taken(buffer: ByteBuffer) {
  const view = buffer.take();
  return { bytes: [...view], room: view.buffer.byteLength, memory: view.buffer };
}

/** Uses up the memory that another buffer has left for reuse. */
function withoutSpare(): void {
  new ByteBuffer().append(bytes(1), 0, 1);
}

describe('ByteBuffer', () => {
  beforeEach(withoutSpare);

  it('contains what was appended since the last take, also when other buffers append', () => {
    const step = fc.record({
      which: fc.nat(2),
      length: fc.oneof(fc.nat(100), fc.nat(6000)),
      cut: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
      takes: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const buffers = [0, 1, 2].map(() => ({ buffer: new ByteBuffer(), expected: [] as number[] }));
        for (const [index, { which, length, cut, takes }] of steps.entries()) {
          const one = buffers[which];
          if (one === undefined) continue;
          const [from = 0, to = 0] = cut.map((part) => Math.floor(part * length)).sort((a, b) => a - b);
          const chunk = bytes(length, index);
          one.buffer.append(chunk, from, to);
          one.expected.push(...chunk.subarray(from, to));
          expect(one.buffer.length).to.equal(one.expected.length);
          if (!takes) continue;
          expect(taken(one.buffer).bytes).to.deep.equal(one.expected);
          one.expected = [];
          expect(one.buffer.length).to.equal(0);
        }
        for (const { buffer, expected } of buffers) expect(taken(buffer).bytes).to.deep.equal(expected);
      }),
    );
  });

  it('starts with 1 KiB, and doubles when it is full', () => {
    const rooms = [1, 1024, 1025, 2048, 2049, 4096, 4097].map((length) => {
      withoutSpare();
      const buffer = new ByteBuffer();
      for (const byte of bytes(length)) buffer.append(Uint8Array.of(byte), 0, 1);
      return taken(buffer).room;
    });
    expect(rooms).to.deep.equal([1024, 1024, 2048, 2048, 4096, 4096, 8192]);
  });

  it('allocates no more than a larger piece needs', () => {
    const buffer = new ByteBuffer();
    buffer.append(bytes(10), 0, 10);
    buffer.append(bytes(9990), 0, 9990);
    expect(taken(buffer))
      .to.include({ room: 10_000 })
      .and.deep.include({ bytes: [...bytes(10), ...bytes(9990)] });
  });

  it('leaves a small buffer for reuse by one other buffer', () => {
    const [first, second, third] = [new ByteBuffer(), new ByteBuffer(), new ByteBuffer()];
    first.append(bytes(4096), 0, 4096);
    const left = taken(first);
    second.append(bytes(3), 0, 3);
    third.append(bytes(3, 9), 0, 3);
    const [has, other] = [taken(second), taken(third)];
    expect(has.memory).to.equal(left.memory);
    expect(other.memory).to.not.equal(left.memory);
    expect([has.bytes, other.bytes]).to.deep.equal([[...bytes(3)], [...bytes(3, 9)]]);
  });

  it('leaves the larger of two buffers for reuse', () => {
    const [small, large, next] = [new ByteBuffer(), new ByteBuffer(), new ByteBuffer()];
    small.append(bytes(10), 0, 10);
    large.append(bytes(2000), 0, 2000);
    const { memory } = taken(large);
    taken(small);
    next.append(bytes(1), 0, 1);
    expect(taken(next).memory).to.equal(memory);
  });

  it('retains no large buffer for itself or for others', () => {
    const [first, next] = [new ByteBuffer(), new ByteBuffer()];
    first.append(bytes(4097), 0, 4097);
    const { memory } = taken(first);
    first.append(bytes(1), 0, 1);
    next.append(bytes(1), 0, 1);
    for (const buffer of [first, next]) expect(taken(buffer).memory).to.not.equal(memory);
  });

  it('does not overwrite its bytes when another buffer reuses its memory', () => {
    const [first, second] = [new ByteBuffer(), new ByteBuffer()];
    first.append(bytes(10), 0, 10);
    taken(first);
    first.append(bytes(10, 50), 0, 10);
    second.append(bytes(10, 90), 0, 10);
    expect(taken(first).bytes).to.deep.equal([...bytes(10, 50)]);
    expect(taken(second).bytes).to.deep.equal([...bytes(10, 90)]);
  });
});
