import * as t from 'io-ts';
import { events } from 'rxsse';

export const Orders = events({ OrderPaid: { total: t.number } });
