import { expect } from 'chai';
import { drawSvg } from './drawSvg.ts';

const count = (svg: string, part: RegExp) => svg.match(part)?.length ?? 0;

describe('drawSvg', () => {
  it('has a row for each diagram, and a shape for each mark', () => {
    const svg = drawSvg({ source: '--a--(bc)-|', '<subs>': '^---!', failing: '-a#' });
    expect(svg)
      .to.match(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ 132"/)
      .and.to.match(/<\/svg>\n$/);
    expect(count(svg, /<circle/g)).to.equal(4);
    expect(count(svg, /<path/g)).to.equal(3 + 2);
    expect(svg).to.contain('>source</text>').and.to.contain('>&#60;subs&#62;</text>');
    expect(svg).to.contain('>^</text>').and.to.contain('>!</text>');
  });

  it('has one scale for all rows, so that equal times are aligned', () => {
    const svg = drawSvg({ one: '--a', two: '--b-c' });
    const places = [...svg.matchAll(/cx="(\d+)" cy="(\d+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
    expect(places).to.have.length(3);
    expect(places[0]?.[0]).to.equal(places[1]?.[0]);
    expect(Number(places[2]?.[0]) - Number(places[1]?.[0])).to.equal(36);
    const together = [...drawSvg({ one: '(ab)' }).matchAll(/cx="(\d+)" cy="(\d+)"/g)].map(([, x, y]) => [x, y]);
    expect(together[0]?.[0]).to.equal(together[1]?.[0]);
    expect(together[0]?.[1]).not.to.equal(together[1]?.[1]);
  });

  it('shortens a long wait, and says how long it is', () => {
    const svg = drawSvg({ slow: 'a 9s b' });
    expect(svg).to.contain('>9001ms</text>');
    expect(Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1])).to.be.below(250);
  });

  it('is the same text for the same diagrams', () => {
    expect(drawSvg({ a: '-a-|' })).to.equal(drawSvg({ a: '-a-|' }));
    expect(() => drawSvg({ a: '(a' })).not.to.throw();
    expect(() => drawSvg({ a: '-a)' })).not.to.throw();
  });
});
