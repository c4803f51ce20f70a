import { expect } from 'chai';
import { checkOptions } from '../../lib/data/checkOptions.ts';

describe('checkOptions', () => {
  const kinds = { heartbeat: 'number', wire: 'string' };
  const refused = (options: object) => () => checkOptions('sse', options, kinds);

  it('names a similar option for one that is unknown', () => {
    expect(refused({ heartBeats: 1 })).to.throw(
      TypeError,
      /^sse: unknown option heartBeats; did you mean heartbeat\?$/,
    );
  });

  it('names none where no option is similar', () => {
    expect(refused({ ping: 1 })).to.throw(TypeError, /^sse: unknown option ping$/);
  });
});
