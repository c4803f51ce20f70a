import type { TestReader } from '../../../lib/testing/index.ts';
import type { Message } from '../../../lib/wire/index.ts';
import { type ConnectionStart, check, checkEqual, ReaderModel, type ReceivedFrame, type View } from './ReaderModel.ts';
import type { RestartableFeed } from './RestartableFeed.ts';

/** A reader over several connections: it resumes each time, over a socket that may be slow, and checks what it receives. */
export class LogicalReader {
  readonly #server: RestartableFeed;
  readonly #view: View;
  #model: ReaderModel;
  #connection: LogicalConnection | undefined;

  constructor(server: RestartableFeed, view: View) {
    this.#server = server;
    this.#view = view;
    this.#model = new ReaderModel(view, server.epochs);
  }

  /** Reconnects with its newest cursor, or connects for the first time. */
  connect(from: 'live' | 'oldest'): void {
    if (this.#connection !== undefined && !this.#connection.isOver) return;
    this.disconnect(0);
    this.#connection = new LogicalConnection(this.#server, from, this.#model.lastId);
  }

  /** Replaces it by another reader that connects with a cursor from elsewhere. */
  connectWith(cursor: string): void {
    this.disconnect(0);
    this.#model = new ReaderModel(this.#view, this.#server.epochs, cursor);
    this.connect('live');
  }

  /** Makes its socket accept that many bytes until it is full. */
  accept(bytes: number): void {
    this.#connection?.accept(bytes);
  }

  /** Disconnects, and loses the last frames that were sent. */
  disconnect(lost: number): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#connection = undefined;
    connection.disconnect();
    connection.checkFrames(this.#model, lost);
  }

  /** Checks that it has received every event. */
  checkComplete(): void {
    if (this.#model.lastId?.endsWith('~') === false) this.#model.checkComplete(this.#server.current);
  }
}

/** One connection, and the frames that it received. */
class LogicalConnection {
  readonly #reader: TestReader;
  readonly #server: RestartableFeed;
  readonly #start: Omit<ConnectionStart, 'found'>;
  readonly #received: ReceivedFrame[] = [];
  #state: ConnectionStart['found'] | undefined;
  #capacity = Infinity;
  #checked = 0;
  #overrun = false;

  constructor(server: RestartableFeed, from: 'live' | 'oldest', requested: string | undefined) {
    this.#server = server;
    this.#start = { requested, from, gapPolicy: server.gapPolicy, inMemory: server.inMemory };
    this.#reader = server.connect(from, requested, () => {
      this.#state = server.current.state;
    });
    const { response } = this.#reader;
    const write = response.write.bind(response);
    const uncork = response.uncork.bind(response);
    const end = response.end.bind(response);
    response.write = (chunk) => {
      // The head does not wait for the socket.
      if (this.#capacity === 0 && this.#received.length > 0) this.#overrun = true;
      write(chunk);
      this.#consume(chunk.length);
      return this.#capacity > 0;
    };
    response.uncork = () => {
      uncork();
      this.#record();
    };
    response.end = (chunk) => {
      this.#capacity = Math.max(this.#capacity, 1);
      end(chunk);
      this.#record();
      return response;
    };
  }

  get isOver(): boolean {
    const { endedAt: ended, cutAt: cut, leftAt: left } = this.#reader;
    return (ended ?? cut ?? left) !== undefined;
  }

  accept(bytes: number): void {
    this.#capacity = bytes;
    if (bytes > 0) this.#reader.response.drain();
    else this.#reader.response.fill();
  }

  disconnect(): void {
    this.#reader.response.disconnect();
  }

  checkFrames(model: ReaderModel, lost: number): void {
    const { headers, status, error } = this.#reader;
    check(`nothing failed: ${error}`, error === undefined || this.#server.isClosing(error));
    check('nothing but the end is written while the socket is full', !this.#overrun);
    const start = this.#state && { ...this.#start, found: this.#state };
    if (start?.requested?.endsWith('~')) return checkEqual('the response after the end', status, 204);
    const seen = this.#received.slice(0, Math.max(0, this.#received.length - lost));
    const [first, second] = seen;
    if (start === undefined || first === undefined) return;
    const resume = headers['rxsse-resume'] ?? '';
    model.checkOpening(start, resume, first, second);
    const startsWithGap = resume.startsWith('gap');
    let ends = startsWithGap && start.requested !== undefined && start.gapPolicy === 'end';
    for (const each of seen.slice(startsWithGap ? 2 : 1)) {
      model.checkFrame(each, start.gapPolicy, ends);
      ends ||= each.frame.event === 'rxsse.gap' && start.gapPolicy === 'end';
    }
  }

  #consume(bytes: number): void {
    this.#capacity = Math.max(0, this.#capacity - bytes);
    if (this.#capacity === 0) this.#reader.response.fill();
  }

  /** Records each frame with the state of the log when it was received. */
  #record(): void {
    const { state } = this.#server.current;
    for (const { frame } of this.#reader.frames.slice(this.#checked)) {
      this.#checked++;
      if (frame._tag === 'Message') this.#received.push({ frame: frame as Message, state });
    }
  }
}
