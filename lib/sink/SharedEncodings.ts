import { equalsCopy, notPlain, plainCopyOf } from '../data/plainCopy.ts';
import { SequenceCache } from '../data/SequenceCache.ts';
import { checkSize, encodeEvent } from '../event/encodeEvent.ts';
import type { Contract } from '../event/events.ts';
import { definitionOf, ownIdOf } from '../event/stamp.ts';
import { encodeJsonMessage } from '../wire/encodeFrame.ts';
import type { Encoded } from './EventEncoder.ts';
import { sizeOf } from './EventEncoder.ts';
import type { Wire } from './Wire.ts';

/** After so many values in a row that no other connection was sent, one of so many is remembered. */
const maxUnshared = 64;

/** An encoded value, and what it was when it was encoded. */
interface SharedEncoding {
  readonly epoch: string;
  readonly contract: Contract | undefined;
  readonly definition: unknown;
  readonly copy: unknown;
  readonly encoded: Encoded;
}

/**
 * Encodes the values of a route's streams. What several connections are sent is checked and encoded once: a value is
 * compared by its content with the last one, or with the last one at its position in a feed. It may therefore be an object
 * that was changed meanwhile, or one of several equal ones that each connection's own operators made.
 */
export class SharedEncodings {
  readonly #wire: Wire;
  readonly #maxEventBytes: number;
  readonly #bySequence = new SequenceCache<SharedEncoding>({ maxEntries: 1024, maxSize: 1024 * 1024 });
  #last: SharedEncoding | undefined;
  /** The encoder that called `encode` last. Its values are compared and stored only while another one calls, too. */
  #lastEncoder: object | undefined;
  /** How many values in a row no other connection was sent. */
  #unshared = 0;

  constructor(wire: Wire, maxEventBytes: number) {
    this.#wire = wire;
    this.#maxEventBytes = maxEventBytes;
  }

  /**
   * Encodes a value of a stream that has no log.
   *
   * @param encoder the caller, one for each connection
   * @throws the reason why it cannot be sent.
   */
  encode(value: unknown, contract: Contract | undefined, encoder: object): Encoded {
    if (this.#lastEncoder === encoder) return this.#encode(value, contract);
    this.#lastEncoder = encoder;
    const known = this.#last;
    if (known !== undefined && isKnown(known, value, contract)) {
      this.#unshared = 0;
      return known.encoded;
    }
    const encoded = this.#encode(value, contract);
    this.#last = this.#remember('', value, contract, encoded) ?? known;
    return encoded;
  }

  /** Encodes the event at a position of a feed, without its id. @throws the reason why it cannot be sent. */
  encodeAt(epoch: string, sequence: number, event: unknown, contract: Contract | undefined): Encoded {
    const known = this.#bySequence.get(sequence);
    if (known !== undefined && known.epoch === epoch && isKnown(known, event, contract)) {
      this.#unshared = 0;
      return known.encoded;
    }
    const encoded = this.#encode(event, contract);
    const shared = this.#remember(epoch, event, contract, encoded);
    if (shared !== undefined) this.#bySequence.set(sequence, shared, 2 * sizeOf(encoded));
    return encoded;
  }

  #encode(value: unknown, contract: Contract | undefined): Encoded {
    const encoded = encodeEvent(value, contract, this.#wire.rules);
    if (encoded === undefined) return '';
    if ('data' in encoded) checkSize(encoded, this.#maxEventBytes);
    if ('_tag' in encoded) return encoded;
    const lineAndFrame = `\n${encodeJsonMessage(encoded.event, encoded.data)}`;
    return { frame: lineAndFrame.slice(1), lineAndFrame };
  }

  #remember(
    epoch: string,
    value: unknown,
    contract: Contract | undefined,
    encoded: Encoded,
  ): SharedEncoding | undefined {
    this.#unshared++;
    if (this.#unshared > maxUnshared && this.#unshared % maxUnshared !== 0) return undefined;
    // A frame that the program made has an id, or none of its content is encoded.
    if (typeof encoded === 'string' || '_tag' in encoded || ownIdOf(value) !== undefined) return undefined;
    const copy = plainCopyOf(value);
    return copy === notPlain ? undefined : { epoch, contract, definition: definitionOf(value), copy, encoded };
  }
}

/** Returns true if a value is encoded as the known one. */
function isKnown({ contract, definition, copy }: SharedEncoding, value: unknown, other: Contract | undefined): boolean {
  return (
    contract === other && equalsCopy(value, copy) && definitionOf(value) === definition && ownIdOf(value) === undefined
  );
}
