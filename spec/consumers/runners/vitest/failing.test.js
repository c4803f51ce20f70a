import { it } from 'vitest';
import { failing } from '../tests.js';

for (const [name, test] of Object.entries(failing)) it(name, test);
