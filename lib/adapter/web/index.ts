export { type FetchReceiveHandler, receive } from './receive.ts';
export { type FetchHandler, type FetchOptions, sse } from './sse.ts';
export { stop } from './stop.ts';
