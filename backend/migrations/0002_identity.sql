-- Who you are and what you may. Secrets (sessions, tokens, links) are kept as SHA-256 only: they are random, so no salt is needed.
create schema identity;

create table identity.users (
  id uuid primary key,
  email text not null check (length(email) between 3 and 254),
  name text not null check (length(name) between 1 and 100),
  role text not null check (role in ('super-admin', 'editor', 'viewer')),
  -- argon2id in PHC form; null: this user signs in with tokens only
  password_hash text,
  created_at timestamptz not null,
  disabled_at timestamptz
);

create unique index users_email on identity.users (lower(email));

create table identity.sessions (
  id uuid primary key,
  user_id uuid not null references identity.users on delete cascade,
  secret_sha256 bytea not null unique,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  user_agent text not null,
  address text not null
);

create index sessions_user on identity.sessions (user_id);
create index sessions_expiry on identity.sessions (expires_at);

create table identity.api_tokens (
  id uuid primary key,
  user_id uuid not null references identity.users on delete cascade,
  name text not null check (length(name) between 1 and 100),
  secret_sha256 bytea not null unique,
  -- the last four characters, so that a person can tell tokens apart
  last4 text not null,
  scopes text[] not null check (cardinality(scopes) > 0),
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  -- a revoked token stays, so that its use can be told from a mistyped one
  revoked_at timestamptz
);

create unique index api_tokens_name on identity.api_tokens (user_id, lower(name)) where revoked_at is null;

create table identity.setup_links (
  id uuid primary key,
  secret_sha256 bytea not null unique,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
