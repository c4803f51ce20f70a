/** One event of an answer, as the API documents it. */
export interface ModelJson {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A part of an answer: text, reasoning, or the call of a tool. */
export type Piece =
  | { readonly text: string }
  | { readonly reasoning: string }
  | { readonly tool: string; readonly input: string };

const halves = (text: string) => [text.slice(0, text.length / 2), text.slice(text.length / 2)];

/**
 * Returns the events of an answer of OpenAI's Responses API, numbered from 0, with the fields of the reference.
 *
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export function openAiAnswer(pieces: readonly Piece[], end = 'completed'): readonly ModelJson[] {
  const events: ModelJson[] = [];
  const output: object[] = [];
  const add = (type: string, more: object) => events.push({ type, sequence_number: events.length, ...more });
  const response = (status: string, more: object = {}) => ({
    response: {
      id: 'resp_1',
      object: 'response',
      created_at: 1,
      status,
      model: 'm',
      error: null,
      incomplete_details: null,
      instructions: null,
      metadata: {},
      output: [...output],
      parallel_tool_calls: true,
      temperature: 1,
      tool_choice: 'auto',
      tools: [],
      top_p: 1,
      usage: null,
      ...more,
    },
  });
  add('response.created', response('in_progress'));
  add('response.in_progress', response('in_progress'));
  for (const piece of pieces) {
    const output_index = output.length;
    const item_id = `item_${output_index}`;
    const at = { item_id, output_index };
    const start = (item: object) => add('response.output_item.added', { output_index, item: { id: item_id, ...item } });
    const stop = (item: object) => {
      output.push({ id: item_id, ...item });
      add('response.output_item.done', { output_index, item: { id: item_id, ...item } });
    };
    if ('text' in piece) {
      const message = { type: 'message', role: 'assistant' };
      const part = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] });
      start({ ...message, status: 'in_progress', content: [] });
      add('response.content_part.added', { ...at, content_index: 0, part: part('') });
      for (const delta of piece.text.match(/[^ ]* ?/gu) ?? []) {
        if (delta !== '') add('response.output_text.delta', { ...at, content_index: 0, delta, logprobs: [] });
      }
      add('response.output_text.done', { ...at, content_index: 0, text: piece.text, logprobs: [] });
      add('response.content_part.done', { ...at, content_index: 0, part: part(piece.text) });
      stop({ ...message, status: 'completed', content: [part(piece.text)] });
    } else if ('reasoning' in piece) {
      const part = { type: 'summary_text', text: piece.reasoning };
      start({ type: 'reasoning', summary: [] });
      add('response.reasoning_summary_part.added', { ...at, summary_index: 0, part: { ...part, text: '' } });
      for (const delta of halves(piece.reasoning)) {
        add('response.reasoning_summary_text.delta', { ...at, summary_index: 0, delta });
      }
      add('response.reasoning_summary_text.done', { ...at, summary_index: 0, text: piece.reasoning });
      add('response.reasoning_summary_part.done', { ...at, summary_index: 0, part });
      stop({ type: 'reasoning', summary: [part] });
    } else {
      const call = { type: 'function_call', call_id: `call_${output_index}`, name: piece.tool };
      start({ ...call, status: 'in_progress', arguments: '' });
      for (const delta of halves(piece.input)) add('response.function_call_arguments.delta', { ...at, delta });
      add('response.function_call_arguments.done', { ...at, name: piece.tool, arguments: piece.input });
      stop({ ...call, status: 'completed', arguments: piece.input });
    }
  }
  const usage = {
    input_tokens: 12,
    input_tokens_details: { cached_tokens: 4 },
    output_tokens: 7,
    output_tokens_details: { reasoning_tokens: 2 },
    total_tokens: 19,
  };
  const reasons: Readonly<Record<string, object>> = {
    incomplete: { incomplete_details: { reason: 'max_output_tokens' } },
    failed: { error: { code: 'server_error', message: 'at process 7 of org-secret' }, usage: null },
  };
  add(`response.${end}`, response(end, { usage, ...reasons[end] }));
  return events;
}

/**
 * Returns the events of an answer of Anthropic's Messages API, with the fields of the reference.
 *
 * @see https://docs.anthropic.com/en/api/messages-streaming
 */
export function anthropicAnswer(pieces: readonly Piece[], stop_reason = 'end_turn'): readonly ModelJson[] {
  const events: ModelJson[] = [];
  const add = (type: string, more: object = {}) => events.push({ type, ...more });
  const usage = { input_tokens: 12, cache_creation_input_tokens: 0, cache_read_input_tokens: 4, output_tokens: 1 };
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [] };
  add('message_start', { message: { ...message, stop_reason: null, stop_sequence: null, usage } });
  add('ping');
  pieces.forEach((piece, index) => {
    const delta = (fields: object) => add('content_block_delta', { index, delta: fields });
    if ('text' in piece) {
      add('content_block_start', { index, content_block: { type: 'text', text: '', citations: null } });
      for (const text of piece.text.match(/[^ ]* ?/gu) ?? []) if (text !== '') delta({ type: 'text_delta', text });
    } else if ('reasoning' in piece) {
      add('content_block_start', { index, content_block: { type: 'thinking', thinking: '', signature: '' } });
      for (const thinking of halves(piece.reasoning)) delta({ type: 'thinking_delta', thinking });
      delta({ type: 'signature_delta', signature: 'EqQB' });
    } else {
      const block = { type: 'tool_use', id: `toolu_${index}`, name: piece.tool, input: {} };
      add('content_block_start', { index, content_block: block });
      for (const partial_json of ['', ...halves(piece.input)]) delta({ type: 'input_json_delta', partial_json });
    }
    add('content_block_stop', { index });
  });
  add('message_delta', { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 7 } });
  add('message_stop');
  return events;
}
