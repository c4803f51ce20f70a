import { concat, concatMap, delay, from, of, throwError } from 'rxjs';
import { Chat, type ChatEvent } from './events.ts';
import type { Model } from './Model.ts';

export const story = `A stream does not have to end with its reader. Close this page in the middle of a sentence, and the \
answer continues without you: the server reads the model, and stores each piece in the log of the answer. Open the page \
again, and it reads the answer at its location. First it gets what it missed, then what follows, and between the two \
there is no seam: both are read from one log, after one cursor. Nothing is lost, and nothing is repeated. Open a second \
tab: it reads the same log, and the model is called once. End the process and start it again: what was stored is still \
there. Only Stop ends the answer, and then the model notices before the next turn of the loop.`;

/** Returns the model of this example, which answers with one story, one word every `pace` milliseconds. */
export function scripted(pace: number): Model {
  return (messages) => {
    const question = messages.at(-1)?.content ?? '';
    const words = /\bcut\b/i.test(question)
      ? wordsOf('And then, in the middle of')
      : /weather/i.test(question)
        ? wordsOf('Let me look out of the window. ')
        : wordsOf(story);
    const paced = from(words).pipe(concatMap((event) => of(event).pipe(delay(pace))));
    return concat(paced, endOf(question, words.length));
  };
}

function endOf(question: string, tokens: number) {
  if (/\bcut\b/i.test(question)) return throwError(() => new Error('cut'));
  const input = question.split(/\s+/).length;
  const calls = /weather/i.test(question);
  const call = Chat.ToolCall({ id: 'call_1', name: 'look_outside', arguments: '{"place":"Graz","unit":"celsius"}' });
  return from([
    ...(calls ? [call] : []),
    Chat.Usage({ input, output: tokens }),
    Chat.Done({ reason: calls ? 'tool_call' : 'stop' }),
  ]);
}

function wordsOf(text: string): readonly ChatEvent[] {
  return (text.match(/\s*\S+\s*?/g) ?? []).map((word) => Chat.Token({ text: word }));
}
