/** The functions that write, as SQL. */
export const sqlWrite: string = `
-- Returns a text that changes when another server took over, or the data was restored, so that entries may be lost that
-- readers have; null where the role may not know. It is found once a session.
create or replace function rxsse.origin() returns text language plpgsql as $$
declare
  server text := current_setting('rxsse.origin', true);
begin
  if server is null or server = '' then
    begin
      select system_identifier || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) into server
      from pg_control_system();
      perform set_config('rxsse.origin', server, false);
    exception when others then
      return null;
    end;
  end if;
  return server || '/' || 'rxsse.logs'::regclass::oid;
end $$;

create or replace function rxsse.state_of(l rxsse.logs) returns json language sql immutable as $$
  select json_build_object('epoch', l.epoch, 'past', l.past, 'floor', l.floor, 'tail', l.tail, 'ended', l.ended)
$$;

-- Locks a log until the transaction ends, and creates it if necessary. Under another origin it continues in a new epoch.
create or replace function rxsse.lock_log(log_name text, fresh text, unwritten text) returns rxsse.logs
language plpgsql as $$
declare
  l rxsse.logs;
  here text := rxsse.origin();
begin
  -- Readers see a commit that is not flushed, which a crash would take away.
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'local', true);
  end if;
  loop
    select * into l from rxsse.logs where name = log_name for update;
    exit when found;
    insert into rxsse.logs (name, epoch, past, origin)
    values (log_name, fresh, jsonb_build_array(jsonb_build_object('epoch', unwritten, 'last', 0)), here)
    on conflict (name) do nothing;
  end loop;
  if l.origin = '' or here <> l.origin then
    l.past := (
      select coalesce(jsonb_agg(p order by n), '[]') || jsonb_build_object('epoch', l.epoch, 'last', l.tail)
      from jsonb_array_elements(l.past) with ordinality as old (p, n)
      where n > jsonb_array_length(l.past) - 7
    );
    l.epoch := fresh;
  end if;
  l.origin := coalesce(here, nullif(l.origin, ''));
  return l;
end $$;

-- Removes some of the oldest entries when a step of them is due. The newest one stays unless it is too old.
create or replace function rxsse.trim(
  l rxsse.logs, now_ timestamptz, max_entries bigint, max_bytes bigint, added int
) returns rxsse.logs language plpgsql as $$
declare
  oldest record;
begin
  if not coalesce(l.tail - l.floor - max_entries >= greatest(1, least(64, max_entries / 8)), false)
    and not coalesce(l.written - l.removed - max_bytes >= max_bytes / 8, false)
    and not coalesce(l.since < now_ - l.age * 1.125 * interval '1 ms', false)
  then
    return l;
  end if;
  select e.sequence, e.written into oldest from (
    select * from rxsse.entries where log = l.id and sequence > l.floor
    order by sequence limit greatest(1024, 2 * added)
  ) as e
  where e.sequence < l.tail and (e.sequence <= l.tail - max_entries or e.written <= l.written - max_bytes)
    or e.time < now_ - l.age * interval '1 ms'
  order by e.sequence desc limit 1;
  if not found then return l; end if;
  delete from rxsse.entries where log = l.id and sequence <= oldest.sequence;
  l.floor := oldest.sequence;
  l.removed := oldest.written;
  l.since := (select time from rxsse.entries where log = l.id and sequence = l.floor + 1);
  return l;
end $$;

-- Carries out the writes of one call in order: batches, whose frames stand one after the other, and ends. Returns for
-- each batch its positions, for an end the state, or why it was refused.
create or replace function rxsse.write(
  log_name text, fresh text, unwritten text,
  frames bytea, lengths int[], sizes int[], batch_keys text[], tokens bigint[], ends text[],
  by_writer text, this_call bigint,
  max_entries bigint, max_bytes bigint, max_age float8, max_keys bigint,
  hint text
) returns text language plpgsql as $$
declare
  l rxsse.logs := rxsse.lock_log(log_name, fresh, unwritten);
  now_ timestamptz := clock_timestamp();
  answer jsonb := '[]';
  known record;
  newest_token bigint;
  -- The entries and the bytes of the batches so far.
  count int := 0;
  start int := 0;
  batch_bytes int;
  is_empty boolean := l.floor = l.tail;
  keys_before bigint := l.keys;
begin
  if by_writer is not null then
    select w.answer into known from rxsse.writers w
    where w.log = l.id and w.writer = by_writer and w.call = this_call;
    if found then return known.answer; end if;
  end if;

  for i in 1 .. cardinality(sizes) loop
    batch_bytes := (select coalesce(sum(n), 0) from unnest(lengths[count + 1 : count + sizes[i]]) as n);
    known := null;
    if batch_keys[i] is not null then
      select k.epoch, k.first, k.last into known from rxsse.keys k
      where k.log = l.id and k.key = decode(batch_keys[i], 'hex');
    end if;
    if tokens[i] is not null and newest_token is null then
      -- Another holder waits until this transaction has ended.
      select c.token into newest_token from rxsse.claims c where c.log = log_name for share;
      newest_token := coalesce(newest_token, 0);
    end if;

    if known is not null then
      answer := answer || jsonb_build_object('epoch', known.epoch, 'first', known.first, 'last', known.last);
    elsif ends[i] is not null and (l.ended is not null or tokens[i] = newest_token or tokens[i] is null) then
      l.ended := coalesce(l.ended, ends[i]);
      answer := answer || rxsse.state_of(l)::jsonb;
    elsif l.ended is not null then
      answer := answer || '{"refused": "ended"}';
    elsif tokens[i] <> newest_token then
      answer := answer || jsonb_build_object('refused', 'fenced', 'token', newest_token);
    else
      insert into rxsse.entries (log, sequence, written, time, frame)
      select l.id, l.tail + n, l.written + sum(length + 8 + length(l.epoch) + length((l.tail + n)::text)) over (order by n), now_,
        substring(frames from (start + 1 + sum(length) over (order by n) - length)::int for length)
      from unnest(lengths[count + 1 : count + sizes[i]]) with ordinality as cut (length, n);
      answer := answer ||
        jsonb_build_object('epoch', l.epoch, 'first', l.tail + 1, 'last', l.tail + sizes[i]);
      if batch_keys[i] is not null and coalesce(max_keys > 0, true) then
        l.keys := l.keys + 1;
        insert into rxsse.keys (log, key, ordinal, epoch, first, last)
        values (l.id, decode(batch_keys[i], 'hex'), l.keys, l.epoch, l.tail + 1, l.tail + sizes[i]);
      end if;
      if sizes[i] > 0 then
        l.tail := l.tail + sizes[i];
        l.written := (select e.written from rxsse.entries e where e.log = l.id and e.sequence = l.tail);
        if is_empty then l.since := now_; end if;
        is_empty := false;
      end if;
    end if;
    count := count + sizes[i];
    start := start + batch_bytes;
  end loop;

  if l.keys > keys_before then
    delete from rxsse.keys where (log, ordinal) in (
      select k.log, k.ordinal from rxsse.keys k
      where k.log = l.id and k.ordinal <= l.keys - max_keys order by k.ordinal limit 64 + l.keys - keys_before
    );
  end if;
  l.age := max_age;
  l := rxsse.trim(l, now_, max_entries, max_bytes, count);
  update rxsse.logs set epoch = l.epoch, past = l.past, origin = l.origin, floor = l.floor, tail = l.tail,
    removed = l.removed, written = l.written, since = l.since, age = l.age,
    keys = l.keys, ended = l.ended
  where id = l.id;
  if by_writer is not null then
    insert into rxsse.writers values (l.id, by_writer, this_call, answer::text, now_)
    on conflict (log, writer) do update
    set call = excluded.call, answer = excluded.answer, time = excluded.time;
    if this_call = 1 then
      delete from rxsse.writers where log = l.id and time < now_ - interval '7 days';
    end if;
  end if;
  if hint is not null then perform pg_notify('rxsse', hint); end if;
  return answer;
end $$;
`;
