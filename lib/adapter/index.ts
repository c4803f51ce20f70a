export { type FetchHandler, type FetchOptions, sse } from './fetch.ts';
