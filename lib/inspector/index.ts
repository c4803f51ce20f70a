export type { InspectorOptions } from './InspectorOptions.ts';
export { type InspectorHandler, inspector } from './inspector.ts';
export { watch } from './watch.ts';
