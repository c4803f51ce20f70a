import { useState } from 'preact/hooks';
import type { LaneData } from '../Inspection.ts';
import type { Act } from './App.tsx';

type Schema = Readonly<Record<string, unknown>>;

/** A form that publishes a test event: an input for each field of its codec. */
interface PublishProps {
  readonly lane: LaneData;
  /** The key of the feed of a family that something was published to last. */
  readonly lastKey: string | undefined;
  readonly act: Act;
}

export function Publish({ lane, lastKey, act }: PublishProps) {
  const [name, setName] = useState(lane.events[0]?.name ?? '');
  const [error, setError] = useState('');
  const event = lane.events.find((one) => one.name === name);
  const { properties } = (event?.schema ?? {}) as { readonly properties?: Readonly<Record<string, Schema>> };
  const example = event?.example;
  const [key, setKey] = useState(lastKey ?? '');
  const target = { feed: lane.name, ...(lane.isFamily ? { key } : {}) };
  const submit = async (submitted: SubmitEvent) => {
    submitted.preventDefault();
    const form = new FormData(submitted.currentTarget as HTMLFormElement);
    try {
      const data =
        properties === undefined
          ? parsed('data', String(form.get('data')))
          : Object.fromEntries(
              Object.entries(properties).flatMap(([key, schema]) => {
                const text = String(form.get(key) ?? '');
                return text === '' && !isText(schema) ? [] : [[key, isText(schema) ? text : parsed(key, text)]];
              }),
            );
      const answer = await act({ action: 'publish', ...target, event: { type: name, data } });
      setError(answer.ok ? '' : answer.text);
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
  return (
    <form class="publish" onSubmit={(submitted) => void submit(submitted)}>
      <h3>Publish a test event</h3>
      {lane.isFamily ? (
        <label>
          <span>key of the feed</span>
          <input value={key} onInput={({ currentTarget }) => setKey(currentTarget.value)} required autocomplete="off" />
        </label>
      ) : null}
      <label>
        <span>event</span>
        <select value={name} onChange={({ currentTarget }) => setName(currentTarget.value)}>
          {lane.events.map((one) => (
            <option key={one.name}>{one.name}</option>
          ))}
        </select>
      </label>
      {properties === undefined ? (
        <label key={name}>
          <span>data (JSON)</span>
          <textarea name="data" rows={3} defaultValue={JSON.stringify(example ?? null)} spellcheck={false} />
        </label>
      ) : (
        Object.entries(properties).map(([key, schema]) => (
          <Field key={`${name} ${key}`} name={key} schema={schema} example={(example as Schema | null)?.[key]} />
        ))
      )}
      <div class="buttons">
        <button type="submit" class="main">
          Publish
        </button>
        <button type="button" onClick={() => void act({ action: 'restart', ...target })}>
          Restart the source
        </button>
      </div>
      {error === '' ? null : (
        <p class="form-error" role="alert">
          {error}
        </p>
      )}
    </form>
  );
}

function Field({
  name,
  schema,
  example,
}: {
  readonly name: string;
  readonly schema: Schema;
  readonly example: unknown;
}) {
  const choices = choicesOf(schema);
  const start = isText(schema) ? String(example ?? '') : example === undefined ? '' : JSON.stringify(example);
  const kind = isText(schema) ? 'text' : typeof schema.type === 'string' ? schema.type : 'JSON';
  return (
    <label>
      <span>
        {name} ({kind})
      </span>
      {choices === undefined ? (
        <input name={name} defaultValue={start} autocomplete="off" spellcheck={false} />
      ) : (
        <select name={name} defaultValue={start}>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      )}
    </label>
  );
}

/** Returns the values to choose from, as they are typed. */
function choicesOf(schema: Schema): readonly string[] | undefined {
  if (schema.type === 'boolean') return ['true', 'false'];
  const values = (schema.enum ?? ('const' in schema ? [schema.const] : undefined)) as readonly unknown[] | undefined;
  return values?.map((value) => (isText(schema) ? String(value) : JSON.stringify(value)));
}

/** Returns true for a field whose value is typed as it is, and not as JSON. */
function isText({ type, enum: values, const: only }: Schema): boolean {
  if (Array.isArray(values)) return values.every((value) => typeof value === 'string');
  return type === 'string' || typeof only === 'string';
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${name}: expected JSON, such as 1, true or {"a":1}`);
  }
}
