import { expect } from 'chai';
import { lastValueFrom, of, take, toArray } from 'rxjs';
import { type DecodeError, events, feed, sse } from 'rxsse';
import { fromSse } from 'rxsse/client';
import { z } from 'zod';
import { libraries } from '../codec/standard/libraries.ts';
import { listen } from '../support/listen.ts';

for (const [name, Orders] of Object.entries(libraries)) {
  it(`an event with a schema of ${name} is decoded by fromSse, and what the schema refuses is dropped by path`, async () => {
    const lax = events({ OrderPaid: z.any() });
    const sent = [
      { order: 'A', total: 5, secret: 'x' },
      { order: 'B', total: 'secret12' },
      { order: 'C', total: 6 },
    ];
    const orders = feed(lax, { source: of(...sent.map((data) => lax.OrderPaid(data))), start: 'now' });
    await listen(sse({ resume: { from: 'oldest' } }, orders), async (url) => {
      const errors: DecodeError[] = [];
      const onError = (error: unknown) => errors.push(error as DecodeError);
      const received = await lastValueFrom(fromSse(url, Orders, { onError }).pipe(take(2), toArray()));
      expect(received.map(({ data }) => data)).to.deep.equal([
        { order: 'A', total: 5 },
        { order: 'C', total: 6 },
      ]);
      expect(errors.map(({ issues: [issue] }) => issue?.toLowerCase().replace(' a number', ' number'))).to.deep.equal([
        'order_paid.data.total: expected number, got string',
      ]);
    });
  });
}

it('an event with a codec of zod is a date at both ends', async () => {
  const at = z.codec(z.iso.datetime(), z.date(), {
    decode: (iso) => new Date(iso),
    encode: (date) => date.toISOString(),
  });
  const Doors = events({ Opened: z.object({ at }) });
  const opened = new Date('2026-05-01T12:00:00.000Z');
  await listen(sse({ events: Doors }, of(Doors.Opened({ at: opened }))), async (url) => {
    const received = await lastValueFrom(fromSse(url, Doors).pipe(take(1)));
    expect(received.data).to.deep.equal({ at: opened });
  });
});
