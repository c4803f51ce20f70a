/** The tables, as SQL. */
export const sqlTables: string = `
create schema if not exists rxsse;

-- One row for each log. An append holds its lock until it commits, so that numbers have the order of the commits.
create table if not exists rxsse.logs (
  id bigint generated always as identity primary key,
  name text not null unique,
  epoch text not null,
  -- Epochs that ended before: [{ "epoch": ..., "last": ... }], oldest first.
  past jsonb not null,
  -- The server and the table that the epoch belongs to; null where the role may not know.
  origin text,
  floor bigint not null default 0,
  tail bigint not null default 0,
  -- The bytes of all entries up to the floor and up to the tail, as they are sent.
  removed bigint not null default 0,
  written bigint not null default 0,
  -- When the oldest retained entry was appended, and the age in ms at which the last writer removes it.
  since timestamptz,
  age float8,
  -- How many idempotency keys were ever stored.
  keys bigint not null default 0,
  ended text
) with (fillfactor = 50);

create table if not exists rxsse.entries (
  log bigint not null,
  sequence bigint not null,
  -- The bytes of all entries up to this one, as they are sent.
  written bigint not null,
  time timestamptz not null,
  -- The event as it is sent, without its id, which is added when it is read.
  frame bytea not null,
  primary key (log, sequence)
);

create table if not exists rxsse.keys (
  log bigint not null,
  key bytea not null,
  ordinal bigint not null,
  epoch text not null,
  first bigint not null,
  last bigint not null,
  primary key (log, key),
  unique (log, ordinal)
);

-- The newest call of each process, so that a call whose answer was lost is not carried out twice.
create table if not exists rxsse.writers (
  log bigint not null,
  writer text not null,
  call bigint not null,
  answer text not null,
  time timestamptz not null,
  primary key (log, writer)
) with (fillfactor = 50);

create table if not exists rxsse.claims (
  log text primary key,
  holder text,
  token bigint not null default 0,
  until timestamptz,
  origin text
) with (fillfactor = 50);

`;
