import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { lastValueFrom, type Observable, of, toArray } from 'rxjs';
import { recipeModule } from '../support/recipeModule.ts';

/** The exports of the recipe for fp-ts. */
interface Recipe {
  decode(value: unknown): E.Either<readonly string[], { readonly type: string }>;
  decodeEach(values: Observable<unknown>): Observable<E.Either<readonly string[], unknown>>;
  fromTaskEither<L, A>(task: TE.TaskEither<L, A>): Observable<A>;
}

describe('the recipe for fp-ts', () => {
  const recipe = recipeModule<Recipe>('docs/codecs.md', 'fp-ts');
  const paid = { type: 'order_paid', data: { order: 'A' } };

  it('decodes an event by its name to an Either', async () => {
    const { decode, decodeEach } = await recipe;
    expect(decode({ ...paid, id: 1 })).to.deep.equal(E.right(paid));
    expect(decode({ type: 'order_paid', data: { order: 5 } })).to.deep.equal(
      E.left(['data.order: expected string, got number']),
    );
    const each = await lastValueFrom(decodeEach(of(paid, 5)).pipe(toArray()));
    expect(each.map(E.isRight)).to.deep.equal([true, false]);
  });

  it('runs a TaskEither when it is subscribed to, and errors with a left', async () => {
    const { fromTaskEither } = await recipe;
    let runs = 0;
    const source = fromTaskEither(async () => E.right(++runs));
    expect(runs).to.equal(0);
    expect([await lastValueFrom(source), await lastValueFrom(source)]).to.deep.equal([1, 2]);
    const failed = new Error('failed');
    expect(await lastValueFrom(fromTaskEither(TE.left(failed))).catch((error: unknown) => error)).to.equal(failed);
  });
});
