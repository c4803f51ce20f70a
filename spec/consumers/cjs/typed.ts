import assert = require('node:assert/strict');
import t = require('io-ts');
import rxjs = require('rxjs');
import rxsse = require('rxsse');
import client = require('rxsse/client');
import testing = require('rxsse/testing');
import wire = require('rxsse/wire');

const Market = rxsse.events({ Price: { symbol: t.string, cents: t.number } });
const price: rxsse.EventOf<typeof Market> = Market.Price({ symbol: 'ABC', cents: 5 });
// @ts-expect-error the contract has no such event
assert.equal(Market.Prise, undefined);

assert.equal(price.data.cents, 5);
assert.equal(typeof rxsse.sse({ events: Market }, rxjs.of(price)), 'function');
assert.equal(wire.encodeFrame(wire.message({ data: 1 })), 'data: 1\n\n');
const followed: rxjs.Observable<typeof price | rxsse.Gap> = client.fromSse('/market', Market);
assert.equal(typeof followed.subscribe, 'function');
assert.equal(typeof testing.marbles, 'function');
