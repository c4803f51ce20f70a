import { createParser } from 'eventsource-parser';
import { FrameParser } from 'rxsse/wire';

/** Parses a generated stream of a given size from memory and prints the throughput. */
const [, , name, size = '150', megabytes = '64'] = process.argv;
const chunkSize = 64 * 1024;

const event = (n: number): string => `id: ${n}\nevent: tick\ndata: ${'x'.repeat(Number(size))}\n\n`;
const stream = Buffer.from(Array.from({ length: Math.ceil(4e6 / Number(size)) }, (_, n) => event(n)).join(''));
const chunks = Array.from({ length: Math.ceil(stream.length / chunkSize) }, (_, n) =>
  stream.subarray(n * chunkSize, (n + 1) * chunkSize),
);

let events = 0;
const pass = name === 'rxsse' ? ours() : theirs();
pass();
const before = events;
const passes = Math.max(1, Math.round((Number(megabytes) * 1e6) / stream.length));
const start = performance.now();
for (let left = passes; left > 0; left--) pass();
const seconds = (performance.now() - start) / 1000;
if (events - before !== before * passes) throw new Error('events were lost');
console.log(
  JSON.stringify({ megabytes: (stream.length * passes) / 1e6 / seconds, events: (before * passes) / seconds }),
);

function ours(): () => void {
  return () => {
    const parser = new FrameParser({
      onMessage: () => {
        events++;
      },
    });
    for (const chunk of chunks) parser.push(chunk);
  };
}

function theirs(): () => void {
  return () => {
    const decoder = new TextDecoder();
    const parser = createParser({
      onEvent: () => {
        events++;
      },
    });
    for (const chunk of chunks) parser.feed(decoder.decode(chunk, { stream: true }));
  };
}
