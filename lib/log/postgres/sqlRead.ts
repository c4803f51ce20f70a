/** The functions that read and claim, as SQL. */
export const sqlRead: string = String.raw`
-- Returns the entries after a position, at least one if there is one, and the state at the same moment.
create or replace function rxsse.page(
  log_name text, after bigint, max_bytes bigint, max_count bigint, out state text, out last bigint, out bytes bytea
) language plpgsql stable as $$
declare
  l rxsse.logs;
  start bigint;
  before bigint;
  found_entries bigint;
begin
  select * into l from rxsse.logs where name = log_name;
  if not found then return; end if;
  state := rxsse.state_of(l);
  start := greatest(after, l.floor);
  last := start;
  if start >= l.tail then return; end if;
  before := case when start = l.floor then l.removed
    else (select e.written from rxsse.entries e where e.log = l.id and e.sequence = start) end;
  select max(e.sequence), count(*),
    string_agg(convert_to('id: 1.' || l.epoch || '.' || e.sequence || E'\n', 'UTF8') || e.frame, '' order by e.sequence)
  into last, found_entries, bytes
  from (
    select * from rxsse.entries where log = l.id and sequence > start order by sequence limit max_count
  ) as e
  where e.written - before <= max_bytes or e.sequence = start + 1;
  if found_entries = 0 or last <> start + found_entries then
    raise exception 'the storage is damaged: an entry after % of log % is missing', start, log_name;
  end if;
end $$;

-- Removes entries that are too old from logs to which nothing is appended; returns from how many logs.
create or replace function rxsse.expire() returns int language plpgsql as $$
declare
  l rxsse.logs;
  count int := 0;
begin
  for l in
    select * from rxsse.logs where since < clock_timestamp() - age * 1.125 * interval '1 ms'
    order by since limit 32 for update skip locked
  loop
    l := rxsse.trim(l, clock_timestamp(), null, null, 0);
    update rxsse.logs set floor = l.floor, removed = l.removed, since = l.since where id = l.id;
    count := count + 1;
  end loop;
  return count;
end $$;

-- Takes, renews or gives up the claim on a log, by the clock of the server.
create or replace function rxsse.claim(log_name text, by_holder text, lease float8) returns text
language plpgsql as $$
declare
  c rxsse.claims;
  here text := rxsse.origin();
  now_ timestamptz;
  remaining float8;
begin
  if exists (select from rxsse.logs where name = log_name and ended is not null) then
    return '{"refused": "ended"}';
  end if;
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'local', true);
  end if;
  insert into rxsse.claims (log) values (log_name) on conflict do nothing;
  select * into c from rxsse.claims where log = log_name for update;
  now_ := clock_timestamp();
  remaining := greatest(0, extract(epoch from c.until - now_) * 1000);
  if lease = 0 then
    if c.holder = by_holder then c.holder := null; c.until := null; end if;
  elsif c.holder = by_holder then
    c.until := now_ + lease * interval '1 ms';
  elsif c.holder is null or remaining <= 0 then
    -- Where another server took over, it may not have the newest tokens.
    c.token := c.token + case when c.origin <> here then 1000 else 1 end;
    c.holder := by_holder;
    c.until := now_ + lease * interval '1 ms';
  end if;
  update rxsse.claims set holder = c.holder, token = c.token, until = c.until, origin = coalesce(here, c.origin)
  where log = log_name;
  return json_build_object('held', c.holder is not distinct from by_holder, 'token', c.token,
    'remaining', greatest(0, coalesce(extract(epoch from c.until - now_) * 1000, 0)));
end $$;
`;
