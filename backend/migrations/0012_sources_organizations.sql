-- Secrets, settings, ignore lists and quotas belong to an organization. What an organization does not have, the nearest
-- one above it lends; what was there before is the root's.

alter table sources.secrets
  add column organization_id uuid not null default '00000000-0000-7000-8000-000000000001'
    references identity.organizations,
  drop constraint secrets_pkey,
  add constraint secrets_pkey primary key (organization_id, source_id, name);

-- The settings of an organization below the root, whose own stand in sources.sources. null: as above it.
create table sources.organization_settings (
  organization_id uuid not null references identity.organizations,
  source_id uuid not null references sources.sources (id),
  enabled boolean,
  disabled_kinds text[],
  -- only the fields that differ
  config jsonb not null default '{}',
  primary key (organization_id, source_id)
);

-- An entry holds in its organization and all below it.
alter table sources.ignore_entries
  add column organization_id uuid not null default '00000000-0000-7000-8000-000000000001'
    references identity.organizations,
  drop constraint ignore_entries_scope_provider_id_source_id_match_value_key,
  add constraint ignore_entries_once
    unique nulls not distinct (organization_id, scope, provider_id, source_id, match, value);

-- A provider counts by key: calls belong to the organization whose key was used.
alter table sources.quota_uses
  add column organization_id uuid not null default '00000000-0000-7000-8000-000000000001';
create index quota_uses_by_owner on sources.quota_uses (source_id, organization_id, used_at desc);
drop index sources.quota_uses_by_time;

alter table sources.quota_blocks
  add column organization_id uuid not null default '00000000-0000-7000-8000-000000000001',
  drop constraint quota_blocks_pkey,
  add constraint quota_blocks_pkey primary key (source_id, organization_id);

-- Takes calls from all windows of a source at once, or none, for the owner of the key. `spare`: places left for those
-- who wait in front. One round trip, and one holder of the lock at a time for each source and owner, whatever the number of backend processes.
create function sources.reserve_calls(source uuid, owner uuid, calls int, spare int, windows interval[], most int[])
returns table (allowed boolean, at timestamptz, blocked_until timestamptz, blocked_why text)
language plpgsql as $$
declare
  moment timestamptz;
  used bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('quota:' || source::text || owner::text, 0));
  -- After the lock: what others took before us is seen and is older.
  moment := clock_timestamp();
  select block.until, block.why into blocked_until, blocked_why
    from sources.quota_blocks block
    where block.source_id = source and block.organization_id = owner and block.until > moment;
  allowed := blocked_until is null;
  for i in 1 .. coalesce(array_length(windows, 1), 0) loop
    exit when not allowed;
    select count(*) into used from (
      select from sources.quota_uses recent
      where recent.source_id = source and recent.organization_id = owner and recent.used_at > moment - windows[i]
      order by recent.used_at desc limit most[i]
    ) as counted;
    allowed := used + spare + calls <= most[i];
  end loop;
  if allowed then
    insert into sources.quota_uses (source_id, organization_id, used_at)
      select source, owner, moment from generate_series(1, calls);
  end if;
  at := moment;
  return next;
end $$;

-- For processes of the version before, until they are gone.
create or replace function sources.reserve_calls(source uuid, calls int, spare int, windows interval[], most int[])
returns table (allowed boolean, at timestamptz, blocked_until timestamptz, blocked_why text)
language sql as $$
  select * from sources.reserve_calls(source, '00000000-0000-7000-8000-000000000001'::uuid, calls, spare, windows, most)
$$;
