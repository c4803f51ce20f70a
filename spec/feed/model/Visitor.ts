import type { TestReader } from '../../../lib/testing/index.ts';
import type { Message } from '../../../lib/wire/index.ts';
import { type Arrived, holds, same, type View, type Visit, Witness } from './Witness.ts';
import type { World } from './World.ts';

/** One logical reader: goes on where it was, over a socket that may be slow, and bears witness. */
export class Visitor {
  readonly #world: World;
  readonly #view: View;
  #witness: Witness;
  #connection: Connected | undefined;

  constructor(world: World, view: View) {
    this.#world = world;
    this.#view = view;
    this.#witness = new Witness(view, world.stories);
  }

  /** Comes back with its newest cursor, or begins where a fresh reader does. */
  connect(from: 'live' | 'oldest'): void {
    if (this.#connection !== undefined && !this.#connection.isOver) return;
    this.leave(0);
    this.#connection = new Connected(this.#world, from, this.#witness.lastId);
  }

  /** Another reader in its place, who has a cursor from somewhere else. */
  connectWith(cursor: string): void {
    this.leave(0);
    this.#witness = new Witness(this.#view, this.#world.stories, cursor);
    this.connect('live');
  }

  /** Its socket takes that many bytes, and is full then. */
  take(bytes: number): void {
    this.#connection?.take(bytes);
  }

  /** Goes, and the last frames that were sent do not arrive. */
  leave(lost: number): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#connection = undefined;
    connection.leave();
    connection.tell(this.#witness, lost);
  }

  /** It has all that there is. */
  isComplete(): void {
    if (this.#witness.lastId?.endsWith('~') === false) this.#witness.isComplete(this.#world.story);
  }
}

/** One connection, and what arrived over it. */
class Connected {
  readonly #reader: TestReader;
  readonly #world: World;
  readonly #visit: Omit<Visit, 'found'>;
  readonly #arrived: Arrived[] = [];
  #found: Visit['found'] | undefined;
  #room = Infinity;
  #noted = 0;
  #overrun = false;

  constructor(world: World, from: 'live' | 'oldest', requested: string | undefined) {
    this.#world = world;
    this.#visit = { requested, from, gapPolicy: world.gapPolicy, inMemory: world.inMemory };
    this.#reader = world.connect(from, requested, () => {
      this.#found = world.story.state;
    });
    const { response } = this.#reader;
    const write = response.write.bind(response);
    const uncork = response.uncork.bind(response);
    const end = response.end.bind(response);
    response.write = (chunk) => {
      // The head does not wait for the socket.
      if (this.#room === 0 && this.#arrived.length > 0) this.#overrun = true;
      write(chunk);
      this.#use(chunk.length);
      return this.#room > 0;
    };
    response.uncork = () => {
      uncork();
      this.#note();
    };
    response.end = (chunk) => {
      this.#room = Math.max(this.#room, 1);
      end(chunk);
      this.#note();
      return response;
    };
  }

  get isOver(): boolean {
    const { endedAt: ended, cutAt: cut, leftAt: left } = this.#reader;
    return (ended ?? cut ?? left) !== undefined;
  }

  take(bytes: number): void {
    this.#room = bytes;
    if (bytes > 0) this.#reader.response.drain();
    else this.#reader.response.fill();
  }

  leave(): void {
    this.#reader.response.disconnect();
  }

  tell(witness: Witness, lost: number): void {
    const { headers, status, error } = this.#reader;
    holds(`nothing failed: ${error}`, error === undefined || this.#world.isClosing(error));
    holds('nothing but the end is written while the socket is full', !this.#overrun);
    const visit = this.#found && { ...this.#visit, found: this.#found };
    if (visit?.requested?.endsWith('~')) return same('the answer after the end', status, 204);
    const seen = this.#arrived.slice(0, Math.max(0, this.#arrived.length - lost));
    const [first, second] = seen;
    if (visit === undefined || first === undefined) return;
    const resume = headers['rxsse-resume'] ?? '';
    witness.opens(visit, resume, first, second);
    const startsWithGap = resume.startsWith('gap');
    let ends = startsWithGap && visit.requested !== undefined && visit.gapPolicy === 'end';
    for (const each of seen.slice(startsWithGap ? 2 : 1)) {
      witness.sees(each, visit.gapPolicy, ends);
      ends ||= each.frame.event === 'rxsse.gap' && visit.gapPolicy === 'end';
    }
  }

  #use(bytes: number): void {
    this.#room = Math.max(0, this.#room - bytes);
    if (this.#room === 0) this.#reader.response.fill();
  }

  /** Keeps with each frame what was true when it came. */
  #note(): void {
    const { state } = this.#world.story;
    for (const { frame } of this.#reader.frames.slice(this.#noted)) {
      this.#noted++;
      if (frame._tag === 'Message') this.#arrived.push({ frame: frame as Message, state });
    }
  }
}
