import type { Bug } from './libWithBug.ts';

/** A client that disconnects before the response has started is not noticed. */
export const lateCloseListener: Bug = {
  name: 'a late close listener',
  file: 'adapter/node/NodeTransport.ts',
  changes: [
    ['    addCloseListener(response, this.#onClose);\n', ''],
    [
      '    this.#corked ??= corkableOf(response);\n',
      '    if (this.#corked === undefined) addCloseListener(response, this.#onClose);\n    this.#corked ??= response;\n',
    ],
  ],
};

/** Events that are published while history is being read are in neither part. */
export const replayJoinedByConcat: Bug = {
  name: 'a replay joined by concat',
  file: 'sink/serve.ts',
  changes: [
    [
      '        return serveFeed(session, feed);',
      '        return serveStream(withOwnIds(session), { observable: replayThenLive(feed, session.requestedCursor) });',
    ],
    [
      "import { isLeft, isRight, right } from 'fp-ts/lib/Either.js';\n",
      `import { isLeft, isRight, right } from 'fp-ts/lib/Either.js';
import { concat, connect, delay, map, takeUntil } from 'rxjs';
import { message } from '../wire/Frame.ts';
import { SharedEncodings } from './SharedEncodings.ts';
import { Wire } from './Wire.ts';
`,
    ],
  ],
  added: `
function withOwnIds(session) {
  session.route.wire = new Wire('rxsse', true);
  session.route.encodings = new SharedEncodings(session.route.wire, Infinity);
  return session;
}

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

/** The timer of heartbeats does not notice that the stream has ended. */
export const heartbeatAfterTheEnd: Bug = {
  name: 'a heartbeat after the end',
  file: 'sink/Connection.ts',
  changes: [
    ["    (before === 'open' ? this.#heartbeats : this.#stalls)?.remove(this);\n", ''],
    ['    this.#stalls?.add(this);\n    this.#transport.end', '    this.#transport.end'],
    [
      "    if (this.checkSocket() !== 'open' || this.#wire === undefined) return;\n    this.heartbeats++;\n    this.write(this.writer?.takePositionFrame() || this.#wire.heartbeat);",
      '    this.#transport.write(this.#wire.heartbeat);\n    this.lastWrite = clock.now();\n    this.#heartbeats?.restart(this);',
    ],
  ],
};
