import { asyncScheduler } from 'rxjs';
import { namesOf } from '../event/events.ts';
import type { FeedErrorMessage, FeedPublishMessage } from '../feed/feedChannels.ts';
import type { Feeds } from '../feed/feeds.ts';
import { internalsOf } from '../feed/internalsOf.ts';
import { describeEvents } from './describeEvents.ts';
import { FeedLane, tickBytes } from './FeedLane.ts';
import type { FeedStatusData, LaneData } from './Inspection.ts';
import { MarkBuffer } from './MarkBuffer.ts';
import type { ShowPayload } from './payloadsShownBy.ts';

/** The most feeds whose logs are read: those that were published to last. Of the others the events are counted. */
const maxFollowed = 32;

/** A feed of the family whose log is read. */
interface FollowedFeed {
  readonly lane: FeedLane;
  /** When something was published to it last, in this process. */
  usedAt: number;
}

/** Shows the feeds of a family on one lane: each mark has the key of its feed. */
export class FamilyLane {
  readonly kind = 'feed';
  readonly id: string;
  readonly name: string;
  readonly marks = new MarkBuffer();
  readonly #family: Feeds;
  readonly #show: ShowPayload;
  readonly #names: string;
  /** By key, that which was published to last at the end. */
  readonly #members = new Map<string, FollowedFeed>();
  #isOpen = false;
  #latency = -1;

  constructor(name: string, family: Feeds, show: ShowPayload) {
    this.id = `feed:${name}`;
    this.name = name;
    this.#family = family;
    this.#show = show;
    this.#names = namesOf(family.contract).slice(0, 3).join(', ');
  }

  describe(withSchemas: boolean): LaneData {
    const { id, kind, name } = this;
    return { id, kind, name, isFamily: true, events: describeEvents(this.#family.contract, withSchemas) };
  }

  open(): void {
    this.#isOpen = true;
    this.collect(asyncScheduler.now());
  }

  close(): void {
    this.#isOpen = false;
    for (const key of this.#members.keys()) this.#leave(key);
  }

  /** Something was appended in this process: to a feed that is not followed yet, which is from here on, or is counted. */
  onPublish(epoch: string, sequence: number, message: FeedPublishMessage): void {
    const { feed, key, events, bytes, duration } = message;
    if (feed !== this.#names || key === undefined || !this.#family.has(key)) return;
    this.#latency = Math.max(this.#latency, duration);
    const now = asyncScheduler.now();
    const known = this.#members.get(key);
    if (known === undefined && !this.#hasRoom(now)) {
      this.marks.count(events, bytes);
      return this.marks.skip();
    }
    const member = known ?? this.#follow(key, { epoch, sequence: sequence - events });
    member.usedAt = now;
    this.#members.delete(key);
    this.#members.set(key, member);
    member.lane.onPublish(epoch, sequence, message);
  }

  onError({ feed, key, error }: FeedErrorMessage): void {
    if (feed !== this.#names || key === undefined || !this.#family.has(key)) return;
    const name = error instanceof Error ? error.name : typeof error;
    this.marks.addOther({ at: asyncScheduler.now(), kind: 'error', name, bytes: 0, key });
  }

  /** Reads what has been appended since the last call. */
  collect(now: number): void {
    for (const [key, { lane }] of this.#members) if (lane.isClosed) this.#leave(key);
    if (this.#members.size < Math.min(maxFollowed, this.#family.size)) this.#followOthers();
    const withNews = [...this.#members.values()].filter(({ lane }) => lane.hasNews).length;
    for (const [key, { lane }] of this.#members) {
      lane.collect(now, Math.ceil(tickBytes / Math.max(1, withNews)));
      lane.marks.moveTo(this.marks, key);
    }
  }

  /** Returns the lane of the feed whose log has an epoch. */
  ofEpoch(epoch: string): FeedLane | undefined {
    return [...this.#members.values()].find(({ lane }) => lane.epoch === epoch)?.lane;
  }

  status(): FeedStatusData {
    const lags = (internalsOf(this.#family)?.cores ?? []).flatMap(({ lags }) => lags);
    const latency = this.#latency;
    this.#latency = -1;
    const lag = lags.reduce((most, one) => Math.max(most, one), 0);
    const counts = { feeds: this.#family.size, followed: this.#members.size };
    return { lane: this.id, epoch: '', floor: 0, tail: 0, ended: 'no', readers: lags.length, lag, latency, ...counts };
  }

  /** Follows feeds of the family that nothing was published to in this process. */
  #followOthers(): void {
    for (const key of this.#family.keys()) {
      if (this.#members.size >= maxFollowed) return;
      if (!this.#members.has(key)) this.#follow(key);
    }
  }

  #follow(key: string, after?: { readonly epoch: string; readonly sequence: number }): FollowedFeed {
    const core = internalsOf(this.#family)?.find(key);
    const lane = new FeedLane(key, () => core, this.#show, after);
    const member = { lane, usedAt: 0 };
    this.#members.set(key, member);
    if (this.#isOpen) lane.open();
    return member;
  }

  /** Returns whether one more feed can be followed: instead of the one that was published to first, and not in this tick. */
  #hasRoom(now: number): boolean {
    if (this.#members.size < maxFollowed) return true;
    const [[key, { usedAt }] = ['', { usedAt: now }]] = this.#members;
    if (now - usedAt < 1000) return false;
    this.#leave(key);
    return true;
  }

  #leave(key: string): void {
    this.#members.get(key)?.lane.close();
    this.#members.delete(key);
  }
}
