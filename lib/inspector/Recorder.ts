import { asyncScheduler, Observable, type Subscriber } from 'rxjs';
import type { DiagnosticsChannel } from '../data/diagnosticsChannel.ts';
import { reportError } from '../error/reportError.ts';
import { type FeedErrorMessage, type FeedPublishMessage, feedChannels } from '../feed/feedChannels.ts';
import { scheduleIdle } from '../time/scheduleIdle.ts';
import type { FamilyLane } from './FamilyLane.ts';
import type { FeedLane } from './FeedLane.ts';
import { Inspection, type InspectionEvent, type LaneMarksData } from './Inspection.ts';
import type { ShowPayload } from './payloadsShownBy.ts';
import type { RouteLane } from './RouteLane.ts';
import { type LabelOf, readersOf } from './readersOf.ts';
import { WatchLane } from './WatchLane.ts';
import { watchPoints } from './watch.ts';

/** How often the lanes are read, in ms. */
const tickInterval = 100;

/** How many ticks there are from one status to the next. */
const statusTicks = 10;

interface RecorderOptions {
  readonly feeds: readonly (FeedLane | FamilyLane)[];
  readonly routes: readonly RouteLane[];
  /** The names of the points that have a lane; absent: all. */
  readonly watches: readonly string[] | undefined;
  readonly show: ShowPayload;
  readonly label: LabelOf | undefined;
  /** The readers that the page has made slow, by their number. */
  readonly slow: ReadonlySet<number>;
  readonly payloads: boolean;
  readonly actions: boolean;
}

/** Records what happens in the app, while it is subscribed to; before and after that it costs nothing. */
export class Recorder {
  readonly #options: RecorderOptions;
  #watches: WatchLane[] = [];
  #isRecording = false;
  #ticks = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Emits what is recorded: the lanes when they change, what happened on them ten times a second, and the state each second. */
  readonly events: Observable<InspectionEvent> = new Observable((subscriber) => {
    const { feeds, routes } = this.#options;
    for (const lane of [...feeds, ...routes, ...this.#watches]) lane.open();
    this.#isRecording = true;
    this.#ticks = 0;
    this.#followWatches();
    subscriber.add(listenToPublications(feeds));
    this.#scheduleTick(subscriber);
    subscriber.add(() => {
      this.#isRecording = false;
      for (const lane of [...feeds, ...routes, ...this.#watches]) lane.close();
      this.#watches = [];
    });
  });

  /** Returns what a page starts with: the lanes and the state. */
  snapshot(): readonly InspectionEvent[] {
    this.#followWatches();
    return [this.#lanes(), this.#status(asyncScheduler.now())];
  }

  /** The timer does not keep a process alive whose server is closed. */
  #scheduleTick(subscriber: Subscriber<InspectionEvent>): void {
    const timer = scheduleIdle(() => {
      subscriber.remove(timer);
      this.#scheduleTick(subscriber);
      try {
        this.#tick(subscriber);
      } catch (error) {
        // Thrown from a timer, it would end the process of the app that is only looked at.
        reportError('inspector', error);
      }
    }, tickInterval);
    subscriber.add(timer);
  }

  #tick(subscriber: Subscriber<InspectionEvent>): void {
    const now = asyncScheduler.now();
    const { feeds, routes } = this.#options;
    if (this.#followWatches()) subscriber.next(this.#lanes());
    const lanes: LaneMarksData[] = [];
    for (const lane of [...feeds, ...routes, ...this.#watches]) {
      lane.collect(now);
      const marks = lane.marks.take(lane.id);
      if (marks !== undefined) lanes.push(marks);
    }
    if (lanes.length > 0) subscriber.next(Inspection.Marks({ at: now, lanes }));
    if (this.#ticks++ % statusTicks === 0) subscriber.next(this.#status(now));
  }

  /** Gives new points a lane. Returns true if there were any. */
  #followWatches(): boolean {
    const { watches } = this.#options;
    const points = watchPoints().filter(({ name }) => watches === undefined || watches.includes(name));
    const known = this.#watches;
    const isSame = points.length === known.length && points.every((point, index) => known[index]?.point === point);
    if (isSame) return false;
    this.#watches = points.map((point) => {
      const before = known.find((lane) => lane.point === point);
      if (before !== undefined) return before;
      const lane = new WatchLane(point, this.#options.show);
      if (this.#isRecording) lane.open();
      return lane;
    });
    for (const lane of known) if (!this.#watches.includes(lane)) lane.close();
    return true;
  }

  #lanes(): InspectionEvent {
    const { feeds, routes, payloads, actions } = this.#options;
    const lanes = [
      ...feeds.map((lane) => lane.describe(actions)),
      ...routes.map((lane) => lane.describe()),
      ...this.#watches.map((lane) => lane.describe()),
    ];
    return Inspection.Lanes({ at: asyncScheduler.now(), payloads, actions, lanes });
  }

  #status(now: number): InspectionEvent {
    const { feeds, routes, label, slow } = this.#options;
    return Inspection.Status({
      at: now,
      feeds: feeds.map((lane) => lane.status()),
      routes: routes.map((lane) => lane.status()),
      watches: this.#watches.map(({ id, point }) => ({ lane: id, subscriptions: point.subscriptions })),
      readers: readersOf({ feeds, routes, label, slow, now }),
      totalReaders: routes.reduce((sum, { route }) => sum + route.connections.size, 0),
    });
  }
}

/** Notifies the lanes of what is appended in this process, and of errors, until the returned function is called. */
function listenToPublications(lanes: RecorderOptions['feeds']): () => void {
  const channel = feedChannels.publish as Subscribable<FeedPublishMessage> | undefined;
  const onPublish = (message: FeedPublishMessage): void => {
    const { cursor } = message;
    const dot = cursor.lastIndexOf('.');
    const epoch = cursor.slice(cursor.indexOf('.') + 1, dot);
    for (const lane of lanes) lane.onPublish(epoch, Number(cursor.slice(dot + 1)), message);
  };
  const errors = feedChannels.error as Subscribable<FeedErrorMessage> | undefined;
  const onError = (message: FeedErrorMessage): void => {
    for (const lane of lanes) lane.onError(message);
  };
  channel?.subscribe(onPublish);
  errors?.subscribe(onError);
  return () => {
    channel?.unsubscribe(onPublish);
    errors?.unsubscribe(onError);
  };
}

/** The part of a channel that only its listeners use. */
interface Subscribable<M> extends DiagnosticsChannel<M> {
  subscribe(listener: (message: M) => void): void;
  unsubscribe(listener: (message: M) => void): void;
}
