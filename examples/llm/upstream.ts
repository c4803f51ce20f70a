import express, { type Express, type Response } from 'express';
import * as t from 'io-ts';
import type { Piece, Script } from './script.ts';

/**
 * One format of an answer: the frames before it, for each piece, and after it, written by hand as other servers write
 * theirs.
 */
interface Format {
  start(): readonly string[];
  say(piece: Piece): readonly string[];
  end(): readonly string[];
}

const Asked = t.type({ messages: t.array(t.type({ role: t.string, content: t.string })) });

/** Returns a model's server with the two formats, which streams a script. */
export function upstream(script: Script): Express {
  const app = express();
  app.use(express.json());
  app.post('/v1/chat/completions', ({ body }, response) => speak(script, body, openAi(), response));
  app.post('/v1/messages', ({ body }, response) => speak(script, body, anthropic(), response));
  return app;
}

function speak(script: Script, body: unknown, format: Format, response: Response): void {
  const question = Asked.is(body) ? body.messages.at(-1)?.content : undefined;
  if (question === undefined) return void response.status(400).json({ error: { message: 'messages: expected some' } });
  const answer = script(question);
  if ('status' in answer) {
    response.status(answer.status).json({ error: { message: `internal detail: key sk-secret at ${process.pid}` } });
    return;
  }
  const write = (blocks: readonly string[]) => response.write(blocks.join(''));
  response.type('text/event-stream');
  write(format.start());
  const speaking = answer.subscribe({
    next: (piece) => write(format.say(piece)),
    error: () => response.destroy(),
    complete: () => response.end(format.end().join('')),
  });
  response.on('close', () => speaking.unsubscribe());
}

/** The input of a tool arrives in pieces as well. */
const halves = (text: string) => [text.slice(0, text.length / 2), text.slice(text.length / 2)];

function openAi(): Format {
  const counted = counter();
  const chunk = (choices: readonly unknown[], usage: unknown = null) =>
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices, usage })}\n\n`;
  const delta = (delta: unknown, finish_reason: string | null = null) => chunk([{ index: 0, delta, finish_reason }]);
  const call = (piece: unknown) => delta({ tool_calls: [{ index: 0, ...(piece as object) }] });
  return {
    start: () => [delta({ role: 'assistant', content: '' })],
    say: (piece) => {
      counted.add(piece);
      if ('text' in piece) return [delta({ content: piece.text })];
      return [
        call({ id: 'call_1', type: 'function', function: { name: piece.tool, arguments: '' } }),
        ...halves(piece.input).map((half) => call({ function: { arguments: half } })),
      ];
    },
    end: () => [
      delta({}, counted.hasCalled ? 'tool_calls' : 'stop'),
      chunk([], { prompt_tokens: 12, completion_tokens: counted.pieces, total_tokens: 12 + counted.pieces }),
      'data: [DONE]\n\n',
    ],
  };
}

function anthropic(): Format {
  const counted = counter();
  const say = (type: string, more: object = {}) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
  const startBlock = (index: number, content_block: object) => say('content_block_start', { index, content_block });
  const delta = (index: number, delta: object) => say('content_block_delta', { index, delta });
  return {
    start: () => [
      say('message_start', {
        message: { id: 'msg_1', role: 'assistant', usage: { input_tokens: 12, output_tokens: 1 } },
      }),
      startBlock(0, { type: 'text', text: '' }),
      say('ping'),
    ],
    say: (piece) => {
      counted.add(piece);
      if ('text' in piece) return [delta(0, { type: 'text_delta', text: piece.text })];
      return [
        startBlock(1, { type: 'tool_use', id: 'call_1', name: piece.tool, input: {} }),
        ...halves(piece.input).map((partial_json) => delta(1, { type: 'input_json_delta', partial_json })),
        say('content_block_stop', { index: 1 }),
      ];
    },
    end: () => [
      say('message_delta', {
        delta: { stop_reason: counted.hasCalled ? 'tool_use' : 'end_turn', stop_sequence: null },
        usage: { output_tokens: counted.pieces },
      }),
      say('message_stop'),
    ],
  };
}

function counter() {
  const counted = {
    pieces: 0,
    hasCalled: false,
    add: (piece: Piece) => {
      counted.pieces++;
      counted.hasCalled ||= 'tool' in piece;
    },
  };
  return counted;
}
