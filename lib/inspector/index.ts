export type { InspectorOptions } from './InspectorOptions.ts';
export { type InspectorHandler, type InspectorResponse, inspector } from './inspector.ts';
export { watch } from './watch.ts';
