import { type } from 'arktype';
import { Schema } from 'effect';
import { type Contract, type EventDefinition, events } from 'rxsse';
import * as v from 'valibot';
import { z } from 'zod';

interface Paid {
  readonly order: string;
  readonly total: number;
}

type PaidContract = Contract<{ readonly OrderPaid: EventDefinition<'order_paid', Paid> }>;

/** The same event in each library, with a total of at least 5; each removes the fields that it does not name. */
export const libraries: Readonly<Record<string, PaidContract>> = {
  zod: events({ OrderPaid: z.object({ order: z.string(), total: z.number().min(5) }) }),
  valibot: events({ OrderPaid: v.object({ order: v.string(), total: v.pipe(v.number(), v.minValue(5)) }) }),
  arktype: events({ OrderPaid: type({ '+': 'delete', order: 'string', total: 'number >= 5' }) }),
  Effect: events({
    OrderPaid: Schema.toStandardSchemaV1(
      Schema.Struct({ order: Schema.String, total: Schema.Number.check(Schema.isGreaterThanOrEqualTo(5)) }),
    ),
  }),
};
