import { expect } from 'chai';
import fc from 'fast-check';
import { Queue } from '../../lib/data/Queue.ts';

describe('Queue', () => {
  it('behaves like an array of which the first item is removed', () => {
    const steps = fc.array(fc.constantFrom('push', 'push many', 'shift', 'shift many', 'replace', 'clear'), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(steps, (taken) => {
        const queue = new Queue<number>();
        const model: number[] = [];
        let next = 0;
        const push = () => {
          queue.push(next);
          model.push(next++);
        };
        for (const step of taken) {
          const times = step.endsWith('many') ? 700 : 1;
          if (step.startsWith('push')) for (let n = 0; n < times; n++) push();
          if (step.startsWith('shift')) {
            const removed = Array.from({ length: times }, () => queue.shift());
            expect(removed).to.deep.equal([...model.splice(0, times), ...Array(times)].slice(0, times));
          }
          if (step === 'replace' && model.length > 0) {
            queue.replaceTail(next);
            model[model.length - 1] = next++;
          }
          if (step === 'clear') {
            queue.clear();
            model.length = 0;
          }
          expect([queue.length, queue.head, queue.tail]).to.deep.equal([model.length, model[0], model.at(-1)]);
        }
        expect([...queue]).to.deep.equal(model);
      }),
    );
  });
});
