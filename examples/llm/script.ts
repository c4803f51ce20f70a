import { concat, concatMap, delay, from, type Observable, of, throwError } from 'rxjs';

/** A piece of an answer: text, or the call of a tool. */
export type Piece = { readonly text: string } | { readonly tool: string; readonly input: string };

/** The behaviour of the model: it answers a question, or refuses it with a status. An answer that errors is cut. */
export type Script = (question: string) => Observable<Piece> | { readonly status: number };

export const story = `A stream does not have to end with its reader. Close this page in the middle of a sentence, and the \
answer continues without you: the relay holds the connection to the model, and publishes each piece to the feed of the \
conversation. Open the page again, and it sends the position of its last event. First it gets what it missed, then what \
follows, and between the two there is no seam: both are read from one log, after one cursor. Nothing is lost, and \
nothing is repeated. If an answer without a reader should stop, start the server with LINGER=0. Then the last reader \
that disconnects cancels the answer, and the model notices before the next turn of the loop.`;

const weather: readonly Piece[] = [
  ...wordsOf('Let me look out of the window. '),
  { tool: 'look_outside', input: '{"place":"Graz","unit":"celsius"}' },
];

/** Returns the model of this example, which streams one story, one piece every `pace` milliseconds. */
export function scripted(pace: number): Script {
  const slowly = (pieces: readonly Piece[]) => from(pieces).pipe(concatMap((piece) => of(piece).pipe(delay(pace))));
  return (question) => {
    const status = /\b(401|429|500)\b/.exec(question)?.[1];
    if (status !== undefined) return { status: Number(status) };
    if (/\bcut\b/i.test(question)) return concat(slowly(wordsOf('And then, in the middle of')), broken);
    return slowly(/weather/i.test(question) ? weather : wordsOf(story));
  };
}

const broken = throwError(() => new Error('cut'));

function wordsOf(text: string): readonly Piece[] {
  return (text.match(/\s*\S+\s*?/g) ?? []).map((word) => ({ text: word }));
}
