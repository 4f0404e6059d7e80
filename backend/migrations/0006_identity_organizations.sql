-- Organizations as a tree, and what hangs on it: homes of users, service accounts, groups, roles granted in one place.

create table identity.organizations (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 60),
  name text not null check (length(name) between 1 and 100),
  -- null: the root, of which there is one
  parent_id uuid references identity.organizations,
  created_at timestamptz not null,
  archived_at timestamptz,
  check (parent_id <> id),
  check (parent_id is not null or archived_at is null)
);

create unique index organizations_root on identity.organizations ((true)) where parent_id is null;
create index organizations_parent on identity.organizations (parent_id);

-- A fixed id, so that other modules can name the root as the default of their own columns.
insert into identity.organizations (id, slug, name, parent_id, created_at)
values ('00000000-0000-7000-8000-000000000001', 'main', 'Main organization', null, now());

alter table identity.users
  add column organization_id uuid not null default '00000000-0000-7000-8000-000000000001'
    references identity.organizations,
  add column kind text not null default 'person' check (kind in ('person', 'service-account')),
  add column last_sign_in_at timestamptz,
  alter column email drop not null,
  drop constraint users_role_check,
  add constraint users_role_check check (role in ('super-admin', 'org-admin', 'editor', 'viewer')),
  add constraint users_person_has_email check ((kind = 'person') = (email is not null)),
  add constraint users_service_account_has_no_password check (kind = 'person' or password_hash is null),
  add constraint users_super_admin_is_at_the_root
    check (role <> 'super-admin' or organization_id = '00000000-0000-7000-8000-000000000001');

create index users_organization on identity.users (organization_id);
create unique index users_service_account_name on identity.users (organization_id, lower(name))
  where kind = 'service-account';

create table identity.groups (
  id uuid primary key,
  organization_id uuid not null references identity.organizations,
  name text not null check (length(name) between 1 and 100),
  description text not null default '' check (length(description) <= 1000),
  created_at timestamptz not null
);

create unique index groups_name on identity.groups (organization_id, lower(name));

create table identity.group_members (
  group_id uuid not null references identity.groups on delete cascade,
  user_id uuid not null references identity.users on delete cascade,
  added_at timestamptz not null,
  primary key (group_id, user_id)
);

create index group_members_user on identity.group_members (user_id);

create table identity.role_grants (
  id uuid primary key,
  -- who has the role: one of the two
  user_id uuid references identity.users on delete cascade,
  group_id uuid references identity.groups on delete cascade,
  role text not null check (role in ('maintainer', 'operator', 'viewer')),
  -- on what: "organization" now; other modules' things later, by their own id
  resource_type text not null check (resource_type ~ '^[a-z]+(-[a-z]+)*$'),
  resource_id text not null check (length(resource_id) between 1 and 100),
  -- where the resource is: whoever may write roles there may give and take this one
  organization_id uuid not null references identity.organizations on delete cascade,
  created_at timestamptz not null,
  check ((user_id is null) <> (group_id is null)),
  unique nulls not distinct (user_id, group_id, role, resource_type, resource_id)
);

create index role_grants_group on identity.role_grants (group_id);
create index role_grants_organization on identity.role_grants (organization_id);

alter table identity.api_tokens
  -- where the token counts; null: wherever its owner does
  add column organization_id uuid references identity.organizations on delete cascade;

create index api_tokens_organization on identity.api_tokens (organization_id);

alter table identity.sessions
  -- the secret changes while the session lasts; the one before is good until the new one has been seen, and a minute more
  add column secret_since timestamptz not null default now(),
  add column rotate_after timestamptz not null default now() + interval '4 hours',
  add column previous_sha256 bytea unique,
  add column previous_until timestamptz;

-- One-time links with which a person sets a password: the first one (invite) or another one (reset).
create table identity.password_links (
  id uuid primary key,
  user_id uuid not null references identity.users on delete cascade,
  purpose text not null check (purpose in ('invite', 'reset')),
  secret_sha256 bytea not null unique,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

create index password_links_user on identity.password_links (user_id);

-- Where a person has signed in from: guesses from elsewhere cannot lock them out of there.
create table identity.sign_in_addresses (
  user_id uuid not null references identity.users on delete cascade,
  address text not null check (length(address) <= 100),
  last_sign_in_at timestamptz not null,
  primary key (user_id, address)
);

-- Counts changes of the tree: who holds an older picture of it reads it anew.
create table identity.revision (
  only_row boolean primary key default true check (only_row),
  number int not null default 0
);
insert into identity.revision default values;

-- A user with all that decides what they may do, read in one query.
create view identity.callers as
select u.id, u.email, u.name, u.role, u.kind, u.organization_id, u.disabled_at,
  (select number from identity.revision) as revision,
  coalesce((select json_agg(m.group_id) from identity.group_members m where m.user_id = u.id), '[]') as group_ids,
  coalesce((
    select json_agg(json_build_object(
      'subject', case when g.user_id is null then json_build_object('type', 'group', 'id', g.group_id)
        else json_build_object('type', 'user', 'id', g.user_id) end,
      'role', g.role,
      'resource', json_build_object('type', g.resource_type, 'id', g.resource_id)))
    from identity.role_grants g
    where g.user_id = u.id or g.group_id in (select m.group_id from identity.group_members m where m.user_id = u.id)
  ), '[]') as grants
from identity.users u;

-- Processes keep verified callers for seconds. These notices tell them to forget, whoever made the change and how.
create function identity.announce_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('identity_changed', '');
  return null;
end $$;

create function identity.announce_organizations() returns trigger language plpgsql as $$
begin
  update identity.revision set number = number + 1;
  perform pg_notify('identity_changed', '');
  return null;
end $$;

create trigger announce_organizations after insert or update or delete on identity.organizations
  for each statement execute function identity.announce_organizations();
create trigger announce_users after delete or update of email, name, role, organization_id, disabled_at
  on identity.users for each row execute function identity.announce_change();
create trigger announce_api_tokens after delete or update of revoked_at, expires_at, scopes, organization_id
  on identity.api_tokens for each row execute function identity.announce_change();
create trigger announce_sessions after delete on identity.sessions
  for each row execute function identity.announce_change();
create trigger announce_group_members after insert or update or delete on identity.group_members
  for each row execute function identity.announce_change();
create trigger announce_role_grants after insert or update or delete on identity.role_grants
  for each row execute function identity.announce_change();

-- An installation keeps an administrator who can sign in with a password, whatever else breaks. The lock makes two
-- changes at once wait for each other: the second one sees what the first one left.
create function identity.keep_last_admin() returns trigger language plpgsql as $$
begin
  if old.kind = 'person' and old.role = 'super-admin' and old.disabled_at is null and old.password_hash is not null
     and (tg_op = 'DELETE' or new.role <> 'super-admin' or new.disabled_at is not null or new.password_hash is null
          or new.kind <> 'person') then
    perform pg_advisory_xact_lock(hashtextextended('identity.last-admin', 0));
    if not exists (
      select from identity.users
      where id <> old.id and kind = 'person' and role = 'super-admin' and disabled_at is null
        and password_hash is not null)
    then
      raise exception 'the last enabled super-admin with a password stays' using errcode = 'IDADM';
    end if;
  end if;
  return null;
end $$;

create trigger keep_last_admin after delete or update of kind, role, disabled_at, password_hash on identity.users
  for each row execute function identity.keep_last_admin();
