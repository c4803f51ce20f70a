import { concat, concatMap, delay, from, type Observable, of, throwError } from 'rxjs';

/** A piece of what a model says: words, or a tool that it wants to be called. */
export type Said = { readonly text: string } | { readonly tool: string; readonly input: string };

/** What a model does with a question: it answers, or refuses with a status. An answer that errors is cut. */
export type Script = (question: string) => Observable<Said> | { readonly status: number };

export const story = `A stream is a promise that goes on. Close this page in the middle of a sentence, and the sentence \
goes on without you: the relay holds the connection to the model, and writes each piece into the feed of the \
conversation. Open the page again, and it asks for what it has not seen. First comes what was said meanwhile, then what \
is being said now, and between the two there is no seam: both are read from one log, after one cursor. Nothing is lost, \
and nothing is told twice. If you would rather that nobody talks to an empty room, start the server with GRACE=0. Then \
the last one to leave takes the answer along, and the model hears of it before the loop has turned.`;

const weather: readonly Said[] = [
  ...wordsOf('Let me look out of the window. '),
  { tool: 'look_outside', input: '{"place":"Graz","unit":"celsius"}' },
];

/** The model of this example, which has read one story. What it says comes at an even pace, in milliseconds a piece. */
export function scripted(pace: number): Script {
  const slowly = (pieces: readonly Said[]) => from(pieces).pipe(concatMap((piece) => of(piece).pipe(delay(pace))));
  return (question) => {
    const status = /\b(401|429|500)\b/.exec(question)?.[1];
    if (status !== undefined) return { status: Number(status) };
    if (/\bcut\b/i.test(question)) return concat(slowly(wordsOf('And then, in the middle of')), broken);
    return slowly(/weather/i.test(question) ? weather : wordsOf(story));
  };
}

const broken = throwError(() => new Error('cut'));

function wordsOf(text: string): readonly Said[] {
  return (text.match(/\s*\S+\s*?/g) ?? []).map((word) => ({ text: word }));
}
