import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiReports } from './api.ts';
import { root } from './repo.ts';

const folder = join(root, 'docs/api');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [path, text] of apiReports()) writeFileSync(join(root, path), text);
