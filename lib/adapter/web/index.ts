export { type FetchHandler, type FetchOptions, sse } from './sse.ts';
