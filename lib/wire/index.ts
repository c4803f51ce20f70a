export { ConnectionError } from '../error/ConnectionError.ts';
export { LimitError } from '../error/LimitError.ts';
export type { FrameListeners } from './Block.ts';
export { encodeFrame } from './encodeFrame.ts';
export {
  type Comment,
  comment,
  type Frame,
  isFrame,
  type Message,
  type MessageContent,
  type MessageFields,
  message,
  type Retry,
  retry,
} from './Frame.ts';
export { type FrameLimits, FrameParser, type FrameParserOptions } from './FrameParser.ts';
export { type ParseFramesOptions, parseFrames } from './parseFrames.ts';
