-- What was done, by whom, when and from where. A chain: each entry's hash covers the one before it.

create table identity.audit_entries (
  -- 1, 2, 3 … without gaps, in the order of the commits
  sequence bigint primary key,
  id uuid not null unique,
  at timestamptz not null,
  -- canonical JSON, kept as the text that was hashed
  content text not null,
  -- sha256 of "<hash before, 64 hexadecimal digits>\n<sequence>\n<content>"; 64 zeros before the first
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  -- for filters only: worked out from the content, so they cannot say anything else
  action text not null generated always as ((content::jsonb) ->> 'action') stored,
  outcome text not null generated always as ((content::jsonb) ->> 'outcome') stored,
  actor_id text generated always as ((content::jsonb) -> 'actor' ->> 'id') stored,
  resource_type text not null generated always as ((content::jsonb) -> 'resource' ->> 'type') stored,
  resource_id text not null generated always as ((content::jsonb) -> 'resource' ->> 'id') stored,
  organization_id uuid generated always as (((content::jsonb) ->> 'organizationId')::uuid) stored
);

create index audit_entries_organization on identity.audit_entries (organization_id, sequence desc);
create index audit_entries_actor on identity.audit_entries (actor_id, sequence desc);
create index audit_entries_resource on identity.audit_entries (resource_type, resource_id, sequence desc);
create index audit_entries_action on identity.audit_entries (action text_pattern_ops, sequence desc);
create index audit_entries_at on identity.audit_entries (at);

-- The end of the chain. Whoever appends holds this row until their transaction has ended.
create table identity.audit_head (
  only_row boolean primary key default true check (only_row),
  sequence bigint not null default 0,
  hash text not null default repeat('0', 64)
);
insert into identity.audit_head default values;

-- What the transactions under way have to say: no row of it outlives its transaction, so nothing is lost with the log.
create unlogged table identity.audit_inbox (id uuid primary key, at timestamptz not null, content text not null);

-- Runs when all else of the transaction is done, right before its commit: the head is the last lock that anybody takes,
-- and for the shortest time, so that appending neither waits for other locks nor makes a circle with them.
create function identity.chain_audit_entry() returns trigger language plpgsql as $$
declare
  before identity.audit_head;
  next text;
begin
  select * into strict before from identity.audit_head for update;
  next := encode(sha256(convert_to(before.hash || E'\n' || before.sequence + 1 || E'\n' || new.content, 'UTF8')), 'hex');
  insert into identity.audit_entries (sequence, id, at, content, hash)
  values (before.sequence + 1, new.id, new.at, new.content, next);
  update identity.audit_head set sequence = before.sequence + 1, hash = next;
  delete from identity.audit_inbox where id = new.id;
  return null;
end $$;

create constraint trigger chain_audit_entry after insert on identity.audit_inbox
  deferrable initially deferred for each row execute function identity.chain_audit_entry();

create function identity.refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is only added to' using errcode = 'IDAUD';
end $$;

create trigger only_added_to before update or delete on identity.audit_entries
  for each row execute function identity.refuse_audit_change();
create trigger never_emptied before truncate on identity.audit_entries
  for each statement execute function identity.refuse_audit_change();
