import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

// Node strips the types itself here, so that each line is covered as it is written: `npm run coverage`. The processes that
// specs start are not measured, since the results of several processes are not merged right.
delete process.env.NODE_V8_COVERAGE;

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const { paths } = JSON.parse(read('../../tsconfig.json')).compilerOptions;

// The package by its name is its sources, as in tsconfig.json.
registerHooks({
  resolve(specifier, context, next) {
    const [path] = paths[specifier] ?? [];
    return next(path === undefined ? specifier : new URL(`../../${path}`, import.meta.url).href, context);
  },
});
