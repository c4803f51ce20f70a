import { expect } from 'chai';
import { Subscriber } from 'rxjs';
import { SerializedObserver } from '../../lib/operator/SerializedObserver.ts';

/** What is heard; `react` may hand on more, while it is given a value. */
function heard(react: (outlet: SerializedObserver<string>, value: string, reader: Subscriber<string>) => void) {
  const all: string[] = [];
  const reader = new Subscriber<string>({
    next: (value: string) => {
      all.push(`${value}(`);
      react(outlet, value, reader);
      all.push(`${value})`);
    },
    error: (error: unknown) => all.push(`error ${error}`),
    complete: () => all.push('end'),
  } as never);
  const outlet = new SerializedObserver(reader);
  return { all, outlet };
}

describe('SerializedObserver', () => {
  it('emits a value when the one before it has been delivered', () => {
    const { all, outlet } = heard((self, value) => {
      if (value === 'a') self.nextAll(['b', 'c']);
      if (value === 'b') self.next('d');
    });
    outlet.next('a');
    outlet.nextAll(['e']);
    expect(all.join(' ')).to.equal('a( a) b( b) c( c) d( d) e( e)');
  });

  it('ends after all values before the end, with the first end', () => {
    const { all, outlet } = heard((self, value) => {
      if (value !== 'a') return;
      self.next('b');
      self.error('no');
      self.complete();
    });
    outlet.nextAll(['a', 'c']);
    expect(all.join(' ')).to.equal('a( a) c( c) b( b) error no');
  });

  it('ends at once while no value is being delivered', () => {
    const { all, outlet } = heard(() => {});
    outlet.next('a');
    outlet.complete();
    expect(all).to.deep.equal(['a(', 'a)', 'end']);
  });

  it('emits nothing after the subscriber has unsubscribed', () => {
    const { all, outlet } = heard((_self, _value, reader) => reader.unsubscribe());
    outlet.nextAll(['a', 'b']);
    outlet.next('c');
    expect(all).to.deep.equal(['a(', 'a)']);
  });
});
