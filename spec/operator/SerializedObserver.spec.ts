import { expect } from 'chai';
import { Subscriber } from 'rxjs';
import { SerializedObserver } from '../../lib/operator/SerializedObserver.ts';

/** Records what is emitted; `react` may emit more while it receives a value. */
function observe(react: (observer: SerializedObserver<string>, value: string, reader: Subscriber<string>) => void) {
  const all: string[] = [];
  const reader = new Subscriber<string>({
    next: (value: string) => {
      all.push(`${value}(`);
      react(observer, value, reader);
      all.push(`${value})`);
    },
    error: (error: unknown) => all.push(`error ${error}`),
    complete: () => all.push('end'),
  } as never);
  const observer = new SerializedObserver(reader);
  return { all, observer };
}

describe('SerializedObserver', () => {
  it('emits a value when the one before it has been delivered', () => {
    const { all, observer } = observe((self, value) => {
      if (value === 'a') self.nextAll(['b', 'c']);
      if (value === 'b') self.next('d');
    });
    observer.next('a');
    observer.nextAll(['e']);
    expect(all.join(' ')).to.equal('a( a) b( b) c( c) d( d) e( e)');
  });

  it('ends after all values before the end, with the first end', () => {
    const { all, observer } = observe((self, value) => {
      if (value !== 'a') return;
      self.next('b');
      self.error('no');
      self.complete();
    });
    observer.nextAll(['a', 'c']);
    expect(all.join(' ')).to.equal('a( a) c( c) b( b) error no');
  });

  it('ends at once while no value is being delivered', () => {
    const { all, observer } = observe(() => {});
    observer.next('a');
    observer.complete();
    expect(all).to.deep.equal(['a(', 'a)', 'end']);
  });

  it('emits nothing after the subscriber has unsubscribed', () => {
    const { all, observer } = observe((_self, _value, reader) => reader.unsubscribe());
    observer.nextAll(['a', 'b']);
    observer.next('c');
    expect(all).to.deep.equal(['a(', 'a)']);
  });
});
