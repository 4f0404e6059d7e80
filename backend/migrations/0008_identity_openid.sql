-- Sign-in by providers of OpenID Connect: who they are, whom they vouched for, and sign-ins under way.

create table identity.openid_providers (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 60),
  name text not null check (length(name) between 1 and 100),
  issuer text not null check (length(issuer) <= 500),
  client_id text not null check (length(client_id) between 1 and 500),
  -- sealed for this provider at this issuer; null: a public client
  client_secret_sealed text,
  scopes text[] not null,
  -- in order: [{claim, operator, values, role, organizationId}]; the first that fits decides
  rules jsonb not null,
  -- {role, organizationId} when no rule fits; null: refused
  fallback jsonb,
  -- empty: any
  allowed_domains text[] not null,
  provisioning text not null check (provisioning in ('create', 'existing')),
  link_by_email boolean not null,
  read_user_info boolean not null,
  enabled boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- Who a person is to an issuer. It stays when the provider is deleted and made anew.
create table identity.openid_links (
  issuer text not null,
  subject text not null check (length(subject) between 1 and 255),
  user_id uuid not null references identity.users on delete cascade,
  -- false: the user was made by this link, with an e-mail that nobody has confirmed
  email_confirmed boolean not null,
  created_at timestamptz not null,
  last_sign_in_at timestamptz not null,
  primary key (issuer, subject)
);

create index openid_links_user on identity.openid_links (user_id);

-- A sign-in, or a trial of settings, on its way through a provider and back.
create table identity.openid_flows (
  id uuid primary key,
  state_sha256 bytea not null unique,
  -- of the cookie that began it: nobody else may end it
  browser_sha256 bytea not null,
  slug text not null,
  -- who tries the settings; null: a sign-in
  tried_by uuid references identity.users on delete cascade,
  -- code verifier and nonce; of a trial also the settings
  sealed text not null,
  return_path text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  -- what came of it, for the page that shows it
  report jsonb
);

create index openid_flows_browser on identity.openid_flows (browser_sha256);
create index openid_flows_expiry on identity.openid_flows (expires_at);
create index openid_flows_tried_by on identity.openid_flows (tried_by);
