-- What secrets need besides being kept: keys that change while processes run, an end, and somebody who hears of it.

-- The keys that each backend process has: texts get a new key when all processes that live can open it.
create table sources.sealing_rings (
  process_id uuid primary key,
  key_ids text[] not null,
  seen_at timestamptz not null
);

alter table sources.secrets
  -- as the provider or the operator says; null: it does not end
  add column expires_at timestamptz;

-- Something about a secret that somebody should mend. One row for as long as it is so; when it comes again, another one.
create table sources.notifications (
  id uuid primary key,
  kind text not null check (kind in ('secret-missing', 'secret-unusable', 'secret-expiring', 'secret-expired')),
  organization_id uuid not null default '00000000-0000-7000-8000-000000000001'
    references identity.organizations on delete cascade,
  source_id uuid not null references sources.sources (id),
  secret_name text not null,
  created_at timestamptz not null,
  ended_at timestamptz
);
create unique index notifications_once on sources.notifications (kind, organization_id, source_id, secret_name)
  where ended_at is null;

create table sources.notification_dismissals (
  notification_id uuid not null references sources.notifications on delete cascade,
  user_id uuid not null references identity.users on delete cascade,
  dismissed_at timestamptz not null,
  primary key (notification_id, user_id)
);
create index notification_dismissals_user on sources.notification_dismissals (user_id);
