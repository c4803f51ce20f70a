export { type AsyncMarbleHelpers, asyncMarbles } from './asyncMarbles.ts';
export type { ReaderOptions, RouteHandler } from './connectReader.ts';
export { type DrawOptions, draw } from './draw.ts';
export type { EventSourceEnd, EventSourceOptions, EventSourceReader } from './EventSourceReader.ts';
export type { StreamExpectation, SubscriptionExpectation } from './Expectations.ts';
export type { ExpectFramesOptions, FramesExpectation } from './expectFrames.ts';
export { type ExpectNoLeaksOptions, expectNoLeaks } from './expectNoLeaks.ts';
export type { FakeResponse, Write } from './FakeResponse.ts';
export type { ReceivedFrame } from './FrameRecorder.ts';
export { type FailureScript, failing } from './failing.ts';
export { type FetchOfOptions, fetchOf, type VirtualFetch } from './fetchOf.ts';
export { type InterleavedLog, interleave, type LogStep } from './interleave.ts';
export {
  type LogRetention,
  type LogSuiteOptions,
  type LogUnderTest,
  logSuite,
  type OpenLog,
  type TestRunner,
} from './logSuite.ts';
export type { MarbleHelpersBase } from './MarbleRun.ts';
export type { MarbleTime } from './MarbleTime.ts';
export { type MarbleHelpers, type MarblesOptions, marbles } from './marbles.ts';
export { type PropertyOptions, type PropertyWorld, property } from './property.ts';
export { type ChaiLike, type ChaiUtilsLike, rxsseChai } from './rxsseChai.ts';
export type { TestReader } from './TestReader.ts';
export { withLatency } from './withLatency.ts';
