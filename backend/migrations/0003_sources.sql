-- Where knowledge comes from: providers, their sources, immutable code versions, secrets, ignore lists and quotas.
create schema if not exists sources;

create table sources.providers (
  id uuid primary key,
  slug text not null unique,
  name text not null,
  description text not null,
  url text not null,
  enabled boolean not null default true,
  origin text not null check (origin in ('catalog', 'user'))
);

create table sources.sources (
  id uuid primary key,
  provider_id uuid not null references sources.providers (id),
  slug text not null unique,
  origin text not null check (origin in ('catalog', 'user')),
  -- The operator's choice. It outlives the source's removal from the catalogue and its return.
  enabled boolean not null default true,
  disabled_kinds text[] not null default '{}',
  -- Values that the operator set; defaults are the manifest's.
  config jsonb not null default '{}',
  examples jsonb not null default '[]',
  current_version_id uuid,
  -- When its folder was gone from the catalogue.
  removed_at timestamptz,
  created_at timestamptz not null default now()
);

create table sources.versions (
  id uuid primary key,
  source_id uuid not null references sources.sources (id),
  number integer not null check (number > 0),
  -- SHA-256 of language, requirements and code, in hexadecimal.
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  language text not null,
  code text not null,
  requirements text[] not null,
  manifest jsonb not null,
  origin text not null check (origin in ('catalog', 'user')),
  published_by uuid,
  published_at timestamptz not null default now(),
  unique (source_id, number)
);
create index versions_by_hash on sources.versions (hash);
alter table sources.sources add foreign key (current_version_id) references sources.versions (id);

create function sources.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'A published version never changes. Publish a new one.';
end $$;
create trigger versions_are_immutable before update or delete on sources.versions
  for each row execute function sources.refuse_change();

create table sources.secrets (
  source_id uuid not null references sources.sources (id),
  name text not null,
  -- Sealed with AES-256-GCM, bound to source, name and the hosts that the operator's configuration named then.
  sealed text not null,
  bound_hosts text[] not null,
  last4 text not null,
  updated_at timestamptz not null default now(),
  updated_by uuid,
  last_used_at timestamptz,
  primary key (source_id, name)
);

-- The last call of each source; apart from sources, because it changes all the time.
create table sources.last_calls (
  source_id uuid primary key references sources.sources (id),
  at timestamptz not null,
  state text not null check (state in ('found', 'not-found', 'failed')),
  duration_ms integer not null
);

create table sources.ignore_entries (
  id uuid primary key,
  scope text not null check (scope in ('global', 'provider', 'source')),
  provider_id uuid references sources.providers (id),
  source_id uuid references sources.sources (id),
  match text not null check (match in ('exact', 'cidr', 'suffix')),
  value text not null,
  reason text not null,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  created_by uuid,
  check ((scope = 'provider') = (provider_id is not null)),
  check ((scope = 'source') = (source_id is not null)),
  unique nulls not distinct (scope, provider_id, source_id, match, value)
);

-- One row for each call that a provider counts; older than the longest window of 31 days, it is swept.
create table sources.quota_uses (
  source_id uuid not null,
  used_at timestamptz not null
);
create index quota_uses_by_time on sources.quota_uses (source_id, used_at desc);

-- A provider said "not before".
create table sources.quota_blocks (
  source_id uuid primary key references sources.sources (id),
  until timestamptz not null,
  why text not null
);

-- Takes calls from all windows of a source at once, or none. `spare`: places left for those who wait in front.
-- One round trip, and one holder of the lock at a time for each source, whatever the number of backend processes.
create function sources.reserve_calls(source uuid, calls int, spare int, windows interval[], most int[])
returns table (allowed boolean, at timestamptz, blocked_until timestamptz, blocked_why text)
language plpgsql as $$
declare
  moment timestamptz;
  used bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('quota:' || source::text, 0));
  -- After the lock: what others took before us is seen and is older.
  moment := clock_timestamp();
  select block.until, block.why into blocked_until, blocked_why
    from sources.quota_blocks block where block.source_id = source and block.until > moment;
  allowed := blocked_until is null;
  for i in 1 .. coalesce(array_length(windows, 1), 0) loop
    exit when not allowed;
    select count(*) into used from (
      select from sources.quota_uses recent
      where recent.source_id = source and recent.used_at > moment - windows[i]
      order by recent.used_at desc limit most[i]
    ) as counted;
    allowed := used + spare + calls <= most[i];
  end loop;
  if allowed then
    insert into sources.quota_uses (source_id, used_at) select source, moment from generate_series(1, calls);
  end if;
  at := moment;
  return next;
end $$;

-- Counts up with each change that a request must see; processes compare it with the one that they have read.
create table sources.revision (
  only_row boolean primary key default true check (only_row),
  number bigint not null
);
insert into sources.revision (number) values (1);
