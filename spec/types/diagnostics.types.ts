import { expectTypeOf } from 'expect-type';
import type { CloseReason, DiagnosticsMessages, Gap } from '../../lib/index.ts';

const closed = {} as DiagnosticsMessages['rxsse:connection:close'];
expectTypeOf(closed.reason).toEqualTypeOf<CloseReason>();
expectTypeOf(closed.error).toBeUnknown();
expectTypeOf<DiagnosticsMessages['rxsse:connection:gap']['reason']>().toEqualTypeOf<Gap['data']['reason']>();
expectTypeOf<DiagnosticsMessages['rxsse:feed:publish']['key']>().toEqualTypeOf<string | undefined>();

// @ts-expect-error a message is shared by all subscribers
closed.bytes = 0;
// @ts-expect-error no channel has that name
expectTypeOf<DiagnosticsMessages['rxsse:connection:end']>();
