import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Issue } from '../codec/describeFailure.ts';
import { recordDecoder } from '../codec/recordDecoder.ts';
import type { Shape } from '../codec/Shape.ts';
import type { SseRequest } from './exchange.ts';
import { queryOf } from './queryOf.ts';

/** The parts of a request that a stream is made of. */
export interface Inputs {
  readonly query: unknown;
  readonly params: unknown;
  readonly body: unknown;
}

export type DecodeInputs = (request: SseRequest) => Either<readonly Issue[], Inputs>;

/**
 * Prepares the decoding of the parts that a route asked for. One answer names
 * all that is wrong; a part that was not asked for is handed on as it is.
 *
 * @throws TypeError for a shape that cannot be decoded exactly.
 */
export function inputDecoder(shapes: { readonly [K in keyof Inputs]?: Shape }): DecodeInputs {
  const query = decoderOf('query', shapes.query);
  const params = decoderOf('params', shapes.params);
  const body = decoderOf('body', shapes.body);

  // Some frameworks parse a part each time that they are asked, and most routes ask for none.
  if ((shapes.query ?? shapes.params ?? shapes.body) === undefined) return (request) => right(new AsTheyCome(request));

  return (request) => {
    const asked = query(queryOf(request));
    const named = params(request.params);
    const sent = body(request.body);
    if (!isLeft(asked) && !isLeft(named) && !isLeft(sent)) {
      return right({ query: asked.right, params: named.right, body: sent.right });
    }
    const issues = [asked, named, sent].flatMap((part) => (isLeft(part) ? part.left : []));
    return left(isLeft(sent) && request.body === undefined ? [...issues, unparsed] : issues);
  };
}

/** The parts of a request of which a route says nothing. */
class AsTheyCome implements Inputs {
  readonly #request: SseRequest;

  constructor(request: SseRequest) {
    this.#request = request;
  }

  get query(): unknown {
    return queryOf(this.#request);
  }

  get params(): unknown {
    return this.#request.params;
  }

  get body(): unknown {
    return this.#request.body;
  }
}

function decoderOf(root: string, shape: Shape | undefined): (value: unknown) => Either<readonly Issue[], unknown> {
  return shape === undefined ? right : recordDecoder(shape, root);
}

const unparsed: Issue = {
  path: 'body',
  expected: 'a parsed body: mount express.json() or another parser before the route, and send its content type',
  got: 'undefined',
};
