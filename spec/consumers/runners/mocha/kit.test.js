import { expect, use } from 'chai';
import { map } from 'rxjs';
import { sse } from 'rxsse';
import { marbles, rxsseChai } from 'rxsse/testing';
import { tests } from '../tests.js';

use(rxsseChai);

for (const [name, test] of Object.entries(tests)) it(name, test);

it(
  'has the assertions of chai',
  marbles(({ cold, reader }) => {
    expect(cold('-a|').pipe(map((letter) => letter.toUpperCase()))).to.emitMarbles('-A|');
    expect(reader(sse(cold('-a|')))).to.emitMarbles('-a|', { a: 'a' });
  }),
);
