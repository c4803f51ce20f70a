import { expect } from 'chai';
import * as t from 'io-ts';
import { map, take, timer } from 'rxjs';
import { events, feed, memoryLog, sse } from '../../lib/index.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { withLatency } from '../../lib/testing/withLatency.ts';
import { overLogs } from './overLogs.ts';
import { received } from './received.ts';

const Ticks = events({ Tick: t.number });
const { Tick } = Ticks;

const publishing = (count: number) =>
  timer(1, 1).pipe(
    take(count),
    map((n) => Tick(n)),
  );

describe('the readers of a feed', () => {
  it(
    'lose no entry when a gap event fills the socket',
    marbles(({ reader, flush }) => {
      const route = sse(feed(Ticks, { source: publishing(100), log: memoryLog({ maxEntries: 20 }) }));
      const slow = reader(route, { socket: '10ms F 49ms D 1ms D 138ms X' });
      const { response } = slow;
      const write = response.write.bind(response);
      response.write = (chunk) => {
        if (Buffer.from(chunk).includes('rxsse.gap')) response.fill();
        return write(chunk);
      };
      flush();
      const frames = received(slow);
      const gap = frames.indexOf('gap trimmed');
      const [first = '', ...rest] = frames.slice(gap + 1, -1);
      const id = slow.frames.flatMap(({ frame }) => ('id' in frame ? (frame.id ?? '') : ''))[gap];
      // The entry that follows sequence 37 has the data 37.
      expect(id).to.match(new RegExp(`\\.${first}$`));
      expect(rest.length).to.be.above(40);
      expect(rest.map(Number)).to.deep.equal(rest.map((_, index) => Number(first) + 1 + index));
    }),
  );

  it(
    'start at the tail that the log has, although no wake-up has announced it yet',
    marbles(({ reader, flush }) => {
      const log = memoryLog();
      const shared = feed(Ticks, { log: withLatency(log, 3) });
      const route = sse(shared);
      reader(route, { socket: '200ms X' });
      let cursor = '';
      timer(50).subscribe(() => {
        // As another process does that has answered its own publisher.
        feed(Ticks, { log })
          .publish(Tick(1))
          .subscribe((published) => {
            cursor = published;
          });
      });
      timer(51).subscribe(() => {
        const url = `/?lastEventId=${cursor}`;
        later.push(reader(route, { url, at: '51ms', socket: '100ms X' }));
      });
      const later: ReturnType<typeof reader>[] = [];
      flush();
      expect(later.map((each) => received(each))).to.deep.equal([['position']]);
      expect(later[0]?.headers).to.include({ 'rxsse-resume': 'exact' });
    }),
  );

  for (const [name, makeLog] of Object.entries(overLogs)) {
    it(
      `are disconnected when ${name} is closed`,
      marbles(({ reader, flush }) => {
        const log = makeLog();
        const errors: unknown[] = [];
        const route = sse({ onError: (error) => errors.push(String(error)) && 'cut' }, feed(Ticks, { log }));
        const first = reader(route);
        timer(20).subscribe(() => log.close());
        flush();
        expect(received(first)).to.deep.equal(['position']);
        expect(first.cutAt).to.equal(20);
        expect(errors).to.have.length(1);
        expect(errors[0]).to.match(/the log.*closed/);
      }),
    );
  }
});
