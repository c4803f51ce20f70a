import { Subject } from 'rxjs';
import { isGap } from 'rxsse';
import { fromSse } from 'rxsse/client';

/** How long the two readers are compared after the connection is back, and how long a missing event is awaited, in ms. */
const [overlap, patience] = [1000, 8000];

/** How many ids of received events are retained. */
const maxIds = 20_000;

/**
 * Reads a stream with the client of the library, and can cut its connection.
 *
 * While it is cut, and a second longer, another reader stays connected as the control: each event that it receives must
 * arrive at this reader, once. `onOutcome` gets the comparison.
 */
export function openStream(url, contract, { onEvent, onGap, onStatus, onOutcome, hasControl = true }) {
  const restored = new Subject();
  const received = new Map();
  let network = new AbortController();
  let isCut = false;
  let cursor = '';
  let comparison;

  const options = { withId: true, pauseWhenHidden: true };
  const reader = fromSse(url, contract, {
    ...options,
    reconnectOn: restored,
    cursorObserver: {
      next: (position) => {
        cursor = position;
      },
    },
    statusObserver: { next: onStatus },
    fetch: (input, init) => {
      if (isCut) return Promise.reject(new TypeError('the connection is cut'));
      return fetch(input, {
        ...init,
        signal: AbortSignal.any([network.signal, ...(init.signal ? [init.signal] : [])]),
      });
    },
  }).subscribe({ next: take, error: () => {} });

  function take({ id, event }) {
    if (isGap(event)) return onGap(event.data);
    const known = comparison?.control.get(id);
    if (received.has(id) && comparison) comparison.repeated += 1;
    received.set(id, true);
    if (received.size > maxIds) received.delete(received.keys().next().value);
    const isLate = known !== undefined && known < (comparison.restored ?? Infinity);
    onEvent(event, { id, at: isLate ? known : performance.now(), isLate });
    compare();
  }

  function startControl() {
    const control = new Map();
    comparison = { control, repeated: 0, restored: undefined, expected: undefined };
    if (!hasControl) return;
    comparison.reader = fromSse(url, contract, { ...options, lastEventId: cursor || null }).subscribe({
      next: ({ id, event }) => isGap(event) || control.has(id) || control.set(id, performance.now()),
      error: () => {},
    });
  }

  function compare(isOver = false) {
    const { expected, repeated, restored } = comparison ?? {};
    if (expected === undefined) return;
    const late = expected.filter(([, at]) => at < restored);
    const missing = expected.filter(([id]) => !received.has(id)).length;
    if (missing > 0 && !isOver) return;
    comparison = undefined;
    onOutcome({ late: late.length, missing, repeated });
  }

  return {
    close: () => {
      reader.unsubscribe();
      comparison?.reader?.unsubscribe();
      comparison = undefined;
    },
    cut() {
      startControl();
      isCut = true;
      network.abort();
      network = new AbortController();
    },
    restore() {
      isCut = false;
      const current = comparison;
      current.restored = performance.now();
      restored.next();
      setTimeout(() => {
        current.reader?.unsubscribe();
        current.expected = [...current.control];
        compare();
        setTimeout(() => current === comparison && compare(true), patience);
      }, overlap);
    },
  };
}
