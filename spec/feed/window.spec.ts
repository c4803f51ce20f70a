import { expect } from 'chai';
import * as t from 'io-ts';
import { map, throwError, timer } from 'rxjs';
import { clock } from '../../lib/clock.ts';
import { type EventLog, events, feed, memoryLog, sse } from '../../lib/index.ts';
import { delayed } from '../../lib/testing/delayed.ts';
import { interleave } from '../../lib/testing/interleave.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { counted } from './counted.ts';
import { received } from './received.ts';

const Ticks = events({ Tick: t.number });
const { Tick } = Ticks;
const Texts = events({ Text: t.string });

const many = (count: number, first = 1): readonly ReturnType<typeof Tick>[] =>
  Array.from({ length: count }, (_, n) => Tick(first + n));

/** Does something at each of these moments. */
function at(times: Readonly<Record<number, () => void>>): void {
  for (const [ms, work] of Object.entries(times)) timer(Number(ms)).subscribe(work);
}

describe('the window of a feed over a log that is not in memory', () => {
  it(
    'is filled once for all readers that keep up',
    marbles(({ reader, flush }) => {
      const log = counted(delayed(memoryLog(), 3));
      const shared = feed(Ticks, { log });
      const readers = Array.from({ length: 20 }, () => reader(sse(shared), { socket: '40ms X' }));
      at({ 10: () => shared.publish(Tick(1)), 20: () => shared.publish(Tick(2)) });
      flush();
      for (const each of readers) expect(received(each)).to.deep.equal(['position', '1', '2']);
      // The follower's own: when it begins, and once for each wake-up.
      expect(log.reads.map(({ after }) => after)).to.deep.equal([0, 0, 1]);
    }),
  );

  it(
    'reads the log once for readers that lie equally far behind it',
    marbles(({ reader, flush }) => {
      const memory = memoryLog();
      const log = counted(delayed(memory, 3));
      feed(Ticks, { log: memory }).publish(many(5));
      const route = sse(feed(Ticks, { log }), { resume: { from: 'oldest' } });
      const readers = Array.from({ length: 20 }, () => reader(route, { socket: '40ms X' }));
      flush();
      for (const each of readers) expect(received(each)).to.deep.equal(['position', '1', '2', '3', '4', '5']);
      expect(log.reads.filter(({ after }) => after === 0)).to.deep.equal([{ after: 0, maxBytes: 64 * 1024 }]);
    }),
  );

  it(
    'serves nobody twice who waits for a part of the log and is told meanwhile that the socket takes more',
    marbles(({ reader, flush }) => {
      const memory = memoryLog();
      feed(Ticks, { log: memory }).publish(many(3));
      const route = sse(feed(Ticks, { log: delayed(memory, 5) }), { resume: { from: 'oldest' }, heartbeat: 2 });
      // Placed at 5; the part it lacks comes at 10; a heartbeat finds the socket full at 7, which drains at 8.
      const slow = reader(route, { socket: '6ms F 1ms D 12ms X' });
      flush();
      expect(received(slow)).to.deep.equal(['position', '1', '2', '3']);
    }),
  );

  it(
    'has what was appended between its first read and the moment in which it began to listen',
    marbles(({ reader, flush }) => {
      const log = interleave(memoryLog());
      const behind = memoryLog();
      const slow = interleave(behind);
      const r = reader(sse(feed(Ticks, { log: slow })), { socket: '40ms X' });
      at({
        1: () => expect(slow.step()).to.equal('carry out read'),
        // Nobody listens yet, and the state that is under way does not know of it.
        2: () => feed(Ticks, { log: behind }).publish(Tick(1)),
        3: () => expect(slow.step()).to.equal('answer read'),
        4: () => expect(slow.step()).to.equal('carry out read'),
        5: () => expect(slow.step()).to.equal('answer read'),
      });
      flush();
      expect(received(r)).to.deep.equal(['position', '1']);
      expect(r.writes.map((write) => write.at)).to.deep.equal([3, 5]);
      expect([slow.step(), log.step()]).to.deep.equal([undefined, undefined]);
    }),
  );

  it(
    'has what was appended while it was being read for an earlier wake-up',
    marbles(({ reader, flush }) => {
      const behind = memoryLog();
      const other = feed(Ticks, { log: behind });
      const slow = interleave(behind);
      const r = reader(sse(feed(Ticks, { log: slow })), { socket: '40ms X' });
      const step = () => slow.step();
      at({
        1: () => [step(), step(), step(), step()],
        2: () => other.publish(Tick(1)),
        3: step,
        4: () => other.publish(Tick(2)),
        5: step,
        6: step,
        7: step,
      });
      flush();
      expect(received(r)).to.deep.equal(['position', '1', '2']);
      expect(r.writes.map((write) => write.at)).to.deep.equal([1, 5, 7]);
    }),
  );

  it(
    'is bounded: a reader that is further back reads the log, a page at a time, and is then in it again',
    marbles(({ reader, flush }) => {
      const log = counted(delayed(memoryLog({ bytes: 16 * 1024 * 1024, entries: Infinity }), 1));
      const shared = feed(Texts, { log });
      const slow = reader(sse(shared), { socket: '5ms F 995ms D 999ms X' });
      const quick = reader(sse(shared), { socket: '1999ms X' });
      const text = 'x'.repeat(4000);
      const publish = (ms: number) =>
        timer(ms).subscribe(() => shared.publish({ type: 'text', data: `${ms} ${text}` }));
      for (let ms = 10; ms < 810; ms++) publish(ms);
      publish(1500);
      flush();
      expect(received(quick)).to.have.length(802);
      expect(received(slow)).to.deep.equal(received(quick));
      const own = log.reads.filter(({ maxBytes }) => maxBytes === 64 * 1024);
      // Three of the 3.2 MiB are not in the window; what is at its beginning differs by a page or two.
      expect(own.length).to.be.within(30, 40);
      expect(new Set(own.map(({ after }) => after)).size).to.equal(own.length);
    }),
  );

  it(
    'is given up with its last reader, and reads nothing from then on',
    marbles(({ reader, flush }) => {
      const log = counted(delayed(memoryLog(), 3));
      const shared = feed(Ticks, { log });
      const route = sse(shared);
      reader(route, { socket: '10ms X' });
      reader(route, { at: '5ms', socket: '15ms X' });
      let before = 0;
      at({
        18: () => {
          before = log.reads.length;
          shared.publish(Tick(1));
        },
      });
      const later = reader(route, { at: '30ms', socket: '60ms X' });
      flush();
      expect(received(later)).to.deep.equal(['position']);
      expect(log.reads.slice(before)).to.deep.equal([{ after: 1, maxBytes: 256 * 1024 }]);
    }),
  );

  it(
    'cuts its readers when the log cannot be read, and is opened anew for the next one',
    marbles(({ reader, flush }) => {
      const memory = memoryLog();
      let isBroken = false;
      const log: EventLog = {
        ...delayed(memory, 1),
        wakes: memory.wakes.pipe(map(() => undefined)),
        read: (after, maxBytes) =>
          isBroken ? throwError(() => new Error('the disk is gone')) : delayed(memory, 1).read(after, maxBytes),
      };
      const errors: unknown[] = [];
      const route = sse(feed(Ticks, { log }), { onError: (error) => errors.push(String(error)) && 'cut' });
      const readers = [reader(route), reader(route)];
      const refused = reader(route, { at: '15ms' });
      const later = reader(route, { at: '20ms', socket: '40ms X' });
      const other = feed(Ticks, { log: memory });
      at({
        10: () => {
          isBroken = true;
          other.publish(Tick(1));
        },
        18: () => {
          isBroken = false;
        },
        30: () => other.publish(Tick(2)),
      });
      flush();
      expect(readers.map(({ cut }) => cut)).to.deep.equal([10, 10]);
      expect(errors).to.deep.equal(['Error: the disk is gone', 'Error: the disk is gone']);
      expect([refused.status, String(refused.error)]).to.deep.equal([500, 'Error: the disk is gone']);
      expect(received(later)).to.deep.equal(['position', '2']);
      for (const each of [...readers, refused, later]) expect(each.listeners).to.equal(0);
    }),
  );

  it(
    'gives what was read for many in slices, a turn of the loop each, and no one that breaks hurts another',
    marbles(({ reader, flush }) => {
      const memory = memoryLog();
      feed(Ticks, { log: memory }).publish(many(3));
      const errors: unknown[] = [];
      const route = sse(feed(Ticks, { log: delayed(memory, 3) }), {
        resume: { from: 'oldest' },
        onError: (error) => errors.push(String(error)) && 'cut',
      });
      const readers = Array.from({ length: 600 }, () => reader(route, { socket: '20ms X' }));
      const [broken, ...others] = readers;
      let written = 0;
      const turns: number[] = [];
      const look = (): void => {
        turns.push(written);
        written = 0;
        if (clock.now() === 6 && turns.length < 20) clock.turn(look);
      };
      for (const { response } of readers) {
        const write = response.write.bind(response);
        response.write = (chunk) => {
          if (clock.now() === 6) written++;
          if (response === broken?.response && clock.now() === 6) throw new Error('broken');
          return write(chunk);
        };
      }
      timer(6).subscribe(look);
      flush();
      for (const each of others) expect(received(each)).to.deep.equal(['position', '1', '2', '3']);
      expect(broken && [received(broken), broken.cut, errors]).to.deep.equal([['position'], 6, ['Error: broken']]);
      expect(turns.reduce((sum, count) => sum + count)).to.equal(600);
      expect(Math.max(...turns)).to.be.at.most(256);
    }),
  );

  it(
    'lets one end that is behind, although the end came while its part of the log was being read',
    marbles(({ reader, flush }) => {
      const memory = memoryLog();
      const other = feed(Ticks, { log: memory });
      other.publish(many(3));
      const [quick, slow] = [delayed(memory, 1), delayed(memory, 10)];
      const log: EventLog = {
        ...quick,
        read: (after, maxBytes) => (maxBytes === 64 * 1024 ? slow : quick).read(after, maxBytes),
      };
      const r = reader(sse(feed(Ticks, { log }), { resume: { from: 'oldest' } }));
      timer(5).subscribe(() => other.end());
      flush();
      expect(received(r)).to.deep.equal(['position', '1', '2', '3', 'end']);
      expect(r.ended).to.equal(11);
    }),
  );
});
