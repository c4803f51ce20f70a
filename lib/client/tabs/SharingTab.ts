import { Observable, type Subscriber, Subscription } from 'rxjs';
import type { ClientTransport } from '../ClientTransport.ts';
import type { ConnectionStatus } from '../ConnectionStatus.ts';
import type { ReceivedMessage } from '../decodeMessage.ts';
import type { DecodingOptions } from '../FromSseOptions.ts';
import type { Reconnector } from '../Reconnector.ts';
import { reconnectSignals } from '../reconnectSignals.ts';
import { ActivePage } from './ActivePage.ts';
import { LeaderRelay } from './LeaderRelay.ts';
import { LeaderStatus } from './LeaderStatus.ts';
import { Leadership } from './Leadership.ts';
import { LeaderWatch } from './LeaderWatch.ts';
import { passOn } from './passOn.ts';
import { RelayedEntries } from './RelayedEntries.ts';
import { TabChannel } from './TabChannel.ts';
import type { TabEnvironment } from './tabEnvironment.ts';
import type { LeaderMessage, TabQuestion } from './tabMessages.ts';
import { waitForTurn } from './waitForTurn.ts';

/**
 * One subscriber among all tabs that share a connection.
 *
 * One of them, the leader, has the connection, and sends each message of the server to the others together with the
 * position after it. Each of the others follows: it delivers these messages as its own. A tab whose position is not among
 * those that it knows of the leader catches up: over a connection of its own, until that has reached one of them.
 * Positions are only compared for equality, so the ids may be those of any server, and events may be without one.
 */
export class SharingTab {
  readonly #name: string;
  readonly #environment: TabEnvironment;
  readonly #client: Reconnector;
  readonly #inner: ClientTransport;
  readonly #leadership: Leadership;
  readonly #channel: TabChannel;
  readonly #relay: LeaderRelay;
  readonly #watch: LeaderWatch;
  readonly #status: LeaderStatus;
  readonly #entries = new RelayedEntries();
  /** Where the messages go; closed while the client waits for its next connection. */
  #connection: Subscriber<ReceivedMessage> | undefined;
  /** The connection to the server, of a leader and of a tab that catches up. */
  #own: Subscription | undefined;
  /** The place of a tab in the queue of those that catch up. */
  #turn: Subscription | undefined;
  #role: 'leader' | 'alone' | 'following' | 'behind' = 'behind';

  constructor(
    name: string,
    environment: TabEnvironment,
    options: Pick<DecodingOptions, 'statusObserver' | 'reconnectOn'>,
    inner: ClientTransport,
    client: Reconnector,
  ) {
    this.#name = name;
    this.#environment = environment;
    this.#status = new LeaderStatus(options.statusObserver);
    this.#inner = inner;
    this.#client = client;
    this.#channel = new TabChannel(environment, name, (message) => this.#onMessage(message));
    this.#relay = new LeaderRelay(client, (message) => this.#channel.post(message));
    this.#watch = new LeaderWatch(client.subscriber, {
      onSilence: () => this.#channel.post({ wakes: this.#status.current?.state === 'retrying' }),
      onNoAnswer: () => this.#leadership.steal(),
    });
    this.#leadership = new Leadership(environment.navigator.locks, name, {
      onElected: () => client.guard(() => this.#lead()),
      onLost: () =>
        client.guard(() => {
          this.#leave();
          this.#join();
        }),
      onDenied: () => client.guard(() => this.#join(false)),
    });
    client.onSkipped = (skipped) => this.#relay.relay({ skipped });
    if (options.reconnectOn === undefined) {
      client.subscriber.add(reconnectSignals.subscribe(() => this.#channel.post({ wakes: true })));
    }
  }

  /** Returns the transport that the client uses in place of its own. */
  get transport(): ClientTransport {
    return {
      ...this.#inner,
      connect: new Observable((connection) => this.#open(connection)),
      start: () => {
        const [onActive, onInactive] = [() => this.#join(), () => this.#leave()];
        this.#inner.start(new ActivePage(this.#environment, this.#client.subscriber, { onActive, onInactive }));
      },
    };
  }

  /** Records the status of the client's own connection. */
  onStatus(status: ConnectionStatus): void {
    this.#relay.setStatus(status);
  }

  /** @param isAllowed whether the browser lets this tab share with others; otherwise it continues alone */
  #join(isAllowed = this.#channel.open()): void {
    if (isAllowed) this.#leadership.join();
    else this.#leave('alone');
    this.#client.connect();
  }

  #leave(role: 'behind' | 'alone' = 'behind'): void {
    this.#role = role;
    this.#watch.stop();
    this.#relay.isLeading = false;
    this.#channel.close();
    this.#leadership.leave();
    this.#client.disconnect();
  }

  #lead(): void {
    const wasFollowing = this.#role === 'following';
    this.#role = 'leader';
    this.#watch.stop();
    this.#relay.start(this.#entries.term);
    this.#entries.clear();
    this.#turn?.unsubscribe();
    if (wasFollowing) this.#client.connect();
    else if (this.#own === undefined && this.#connection?.closed === false) this.#connectOwn(this.#connection);
    this.#relay.announce();
  }

  /** Opens what the client takes for one connection: to the server, or to the leader. */
  #open(connection: Subscriber<ReceivedMessage>): void {
    this.#connection = connection;
    this.#own = undefined;
    if (this.#role === 'leader' || this.#role === 'alone') return this.#connectOwn(connection);
    this.#role = 'behind';
    this.#entries.clear();
    this.#status.reset(true);
    this.#watch.ask();
  }

  #connectOwn(connection: Subscriber<ReceivedMessage>): void {
    const own = new Subscription();
    this.#own = own;
    this.#relay.onConnect();
    passOn(this.#inner.connect, connection, own, (message) => {
      this.#relay.relay({ message });
      connection.next(message);
      if (!own.closed && this.#role === 'behind') this.#follow();
    });
  }

  #onMessage(message: LeaderMessage | TabQuestion): void {
    if (this.#role === 'leader') {
      if (!('wakes' in message)) return;
      this.#relay.announce();
      if (message.wakes) this.#client.guard(() => this.#client.restart(false));
    } else if (!('wakes' in message) && message.term >= this.#entries.term) {
      this.#client.guard(() => this.#onLeader(message));
    }
  }

  #onLeader(message: LeaderMessage): void {
    const isNext = this.#entries.isNext(message);
    if (!isNext) {
      this.#entries.clear();
      this.#status.reset(false);
    }
    const { status } = message;
    if (status !== undefined) this.#status.current = status;
    this.#watch.received(status);
    if (this.#role === 'following' && isNext) return this.#deliver(message);

    this.#role = 'behind';
    this.#entries.push(message);
    this.#follow();
    if (this.#role === 'behind') this.#waitOrCatchUp();
  }

  /** Follows the leader, if this tab's position is one that it knows of the leader. */
  #follow(): void {
    const connection = this.#connection;
    if (connection === undefined || connection.closed) return;
    const missed = this.#entries.takeAfter(this.#relay);
    if (missed === undefined) return;
    this.#role = 'following';
    const isOpen = this.#own !== undefined && this.#relay.isOpen;
    this.#own?.unsubscribe();
    this.#own = undefined;
    this.#turn?.unsubscribe();
    this.#status.show(isOpen && this.#status.current?.state === 'open');
    for (const message of missed) this.#deliver(message);
  }

  /** Delivers an entry of the leader, and its position, as if it had come from the server. */
  #deliver({ id, message, skipped }: LeaderMessage): void {
    this.#status.show();
    const connection = this.#connection;
    if (connection === undefined || connection.closed || this.#role !== 'following') return;
    this.#client.moveTo(id);
    if (skipped !== undefined) this.#client.onOversized({ message: skipped });
    if (message !== undefined) connection.next(message);
    if (!connection.closed) this.#client.notifyCursor();
  }

  /** Waits for the leader as long as it has no connection itself; then waits for a turn, and catches up with it. */
  #waitOrCatchUp(): void {
    const connection = this.#connection;
    if (this.#own !== undefined || connection === undefined || connection.closed) return;
    const status = this.#status.current;
    if (status?.state !== 'open') return this.#status.show();
    if (this.#turn?.closed === false) return;
    // The positions of another server may stay different for long, and then no tab waits for another.
    if (status.resume === undefined) return this.#connectOwn(connection);
    this.#turn = waitForTurn(this.#environment.navigator.locks, this.#name, () =>
      this.#client.guard(() => this.#connectOwn(connection)),
    );
    connection.add(this.#turn);
  }
}
