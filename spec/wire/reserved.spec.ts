import { expect } from 'chai';
import { encodeFrame } from '../../lib/wire/encodeFrame.ts';
import { end, gap, position } from '../../lib/wire/reserved.ts';

describe('the frames of the library itself', () => {
  it('are exactly these bytes', () => {
    expect(encodeFrame(position('1.a.5'))).to.equal('id: 1.a.5\nevent: rxsse.position\ndata:\n\n');
    expect(encodeFrame(position(undefined, 50))).to.equal('event: rxsse.position\nretry: 50\ndata:\n\n');
    expect(encodeFrame(gap('1.a.5', '{}'))).to.equal('id: 1.a.5\nevent: rxsse.gap\ndata: {}\n\n');
    expect(encodeFrame(end('1.a.5'))).to.equal('id: 1.a.5\nevent: rxsse.end\ndata: null\n\n');
    expect(encodeFrame(end('1.a.5', true))).to.equal('id: 1.a.5\nevent: rxsse.end\ndata: {"reason":"failed"}\n\n');
  });
});
