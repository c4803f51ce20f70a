import type { AgentCase } from './AgentCase.ts';
import { agUiCase } from './agUi.ts';
import { aiSdkCases } from './aiSdk.ts';
import { assistantUiCase } from './assistantUi.ts';
import { langGraphCase } from './langGraph.ts';
import { tanStackCase } from './tanStack.ts';

/** The adapters whose answers are cut and whose processes are killed. */
export const cases: readonly AgentCase[] = [...aiSdkCases, tanStackCase, assistantUiCase, agUiCase, langGraphCase];
