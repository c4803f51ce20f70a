import { tests } from '../tests.js';

for (const [name, test] of Object.entries(tests)) it(name, test);
