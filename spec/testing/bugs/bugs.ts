import type { Bug } from './libWithBug.ts';

/** Who leaves before the stream is there is never heard of. */
export const lateCloseListener: Bug = {
  name: 'a late close listener',
  file: 'sink/Outlet.ts',
  changes: [
    ['    hearOver(response, this.#onClose);\n', ''],
    ['    line.cork();\n', '    if (this.written === 0) hearOver(response, this.#onClose);\n    line.cork();\n'],
  ],
};

/** What is published while history is on its way is in neither part. */
export const replayJoinedByConcat: Bug = {
  name: 'a replay joined by concat',
  file: 'sink/serve.ts',
  changes: [
    [
      'return serveFeed(asked, feed);',
      'return serveStream(asked, { observable: replayThenLive(feed, asked.requested) });',
    ],
    [
      "import { isLeft, isRight } from 'fp-ts/lib/Either.js';\n",
      `import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { concat, connect, delay, map, takeUntil } from 'rxjs';
import { message } from '../wire/Frame.ts';
`,
    ],
  ],
  added: `
function replayThenLive(feed, requested) {
  const history = feed.entries({ from: requested ?? 'oldest' }).pipe(
    connect((page) => page.pipe(takeUntil(page.pipe(delay(0))))),
  );
  return concat(history, feed.entries({ from: 'live' })).pipe(
    map(({ cursor, event }) => message({ id: cursor, event: event.type, data: event.data })),
  );
}
`,
};

/** The timer of the heartbeat does not know that the stream is over. */
export const heartbeatAfterTheEnd: Bug = {
  name: 'a heartbeat after the end',
  file: 'sink/Connection.ts',
  changes: [
    ["    if (before === 'open') this.#lines?.beats?.remove(this);\n    else this.#lines?.stalls?.remove(this);\n", ''],
    ['    this.#lines?.stalls?.add(this);\n    this.response.end', '    this.response.end'],
    ['    this.write(this.writer?.beat() || heartbeat);', '    this.#send(heartbeat);'],
  ],
};
