-- What all migrations together make. Written by "npm run generate"; never edited, never run: to be read.

create schema enrichment;

create table enrichment.answers (
  id uuid not null,
  source_id uuid not null,
  source_slug text not null,
  code_version integer not null,
  kind text not null,
  value text not null,
  cache_key text not null,
  state text not null,
  result json,
  reason json,
  calls json not null,
  logs json not null,
  runner text,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone not null,
  trace_id text not null,
  constraint answers_pkey PRIMARY KEY (id),
  constraint answers_state_check CHECK ((state = ANY (ARRAY['found'::text, 'not-found'::text, 'failed'::text])))
) partition by RANGE (id);
CREATE INDEX answers_cache_key ON ONLY enrichment.answers USING btree (cache_key, id DESC);

create table enrichment.flights (
  cache_key text not null,
  owner uuid not null,
  expires_at timestamp with time zone not null,
  constraint flights_pkey PRIMARY KEY (cache_key)
);

create table enrichment.outcomes (
  request_id uuid not null,
  "position" integer not null,
  source_id uuid not null,
  seq integer not null,
  state text not null,
  reason json,
  answer_id uuid,
  cache_expires_at timestamp with time zone,
  eta timestamp with time zone,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  constraint outcomes_pkey PRIMARY KEY (request_id, "position", source_id),
  constraint outcomes_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'found'::text, 'not-found'::text, 'skipped'::text, 'failed'::text])))
) partition by RANGE (request_id);

create table enrichment.plans (
  id text not null,
  sources json not null,
  constraint plans_pkey PRIMARY KEY (id)
);

create table enrichment.processes (
  id uuid not null,
  started_at timestamp with time zone not null default now(),
  heartbeat_at timestamp with time zone not null default now(),
  constraint processes_pkey PRIMARY KEY (id)
);

create table enrichment.request_indicators (
  request_id uuid not null,
  "position" integer not null,
  kind text not null,
  value text not null,
  count integer not null,
  verdict json,
  verdict_level text,
  verdict_score integer,
  organization_id uuid default '00000000-0000-7000-8000-000000000001'::uuid,
  constraint request_indicators_pkey PRIMARY KEY (request_id, "position")
) partition by RANGE (request_id);
CREATE INDEX request_indicators_past ON ONLY enrichment.request_indicators USING btree (organization_id, kind, value, request_id DESC);
CREATE INDEX request_indicators_verdict ON ONLY enrichment.request_indicators USING btree (verdict_level, request_id DESC);

create table enrichment.requests (
  id uuid not null,
  created_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  created_by uuid not null,
  created_by_name text not null,
  tlp text not null,
  pap text not null,
  fresh boolean not null,
  over_quota text not null,
  chosen text[],
  plan_id text not null,
  rejected json not null,
  seq integer not null,
  counts json not null,
  settled json not null,
  verdict_level text,
  owner uuid,
  organization_id uuid default '00000000-0000-7000-8000-000000000001'::uuid,
  constraint requests_pkey PRIMARY KEY (id),
  constraint requests_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES identity.organizations(id),
  constraint requests_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES enrichment.plans(id),
  constraint requests_over_quota_check CHECK ((over_quota = ANY (ARRAY['wait'::text, 'skip'::text]))),
  constraint requests_pap_check CHECK ((pap = ANY (ARRAY['CLEAR'::text, 'GREEN'::text, 'AMBER'::text, 'RED'::text]))),
  constraint requests_tlp_check CHECK ((tlp = ANY (ARRAY['CLEAR'::text, 'GREEN'::text, 'AMBER'::text, 'AMBER+STRICT'::text, 'RED'::text]))),
  constraint requests_verdict_level_check CHECK ((verdict_level = ANY (ARRAY['malicious'::text, 'suspicious'::text, 'benign'::text, 'unknown'::text])))
) partition by RANGE (id);
CREATE INDEX requests_organization ON ONLY enrichment.requests USING btree (organization_id, id DESC);
CREATE INDEX requests_unfinished ON ONLY enrichment.requests USING btree (owner) WHERE (finished_at IS NULL);

create schema foundation;

create unlogged table foundation.rate_limits (
  key character varying(255) not null,
  points integer not null default 0,
  expire bigint,
  constraint rate_limits_pkey PRIMARY KEY (key)
);
CREATE INDEX rate_limits_expire ON foundation.rate_limits USING btree (expire);

create schema identity;

create table identity.api_tokens (
  id uuid not null,
  user_id uuid not null,
  name text not null,
  secret_sha256 bytea not null,
  last4 text not null,
  scopes text[] not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  organization_id uuid,
  constraint api_tokens_pkey PRIMARY KEY (id),
  constraint api_tokens_secret_sha256_key UNIQUE (secret_sha256),
  constraint api_tokens_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES identity.organizations(id) ON DELETE CASCADE,
  constraint api_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE,
  constraint api_tokens_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint api_tokens_scopes_check CHECK ((cardinality(scopes) > 0))
);
CREATE UNIQUE INDEX api_tokens_name ON identity.api_tokens USING btree (user_id, lower(name)) WHERE (revoked_at IS NULL);
CREATE INDEX api_tokens_organization ON identity.api_tokens USING btree (organization_id);
CREATE TRIGGER announce_api_tokens AFTER DELETE OR UPDATE OF revoked_at, expires_at, scopes, organization_id ON identity.api_tokens FOR EACH ROW EXECUTE FUNCTION identity.announce_change();

create table identity.audit_entries (
  sequence bigint not null,
  id uuid not null,
  at timestamp with time zone not null,
  content text not null,
  hash text not null,
  action text not null generated always as (((content)::jsonb ->> 'action'::text)) stored,
  outcome text not null generated always as (((content)::jsonb ->> 'outcome'::text)) stored,
  actor_id text generated always as ((((content)::jsonb -> 'actor'::text) ->> 'id'::text)) stored,
  resource_type text not null generated always as ((((content)::jsonb -> 'resource'::text) ->> 'type'::text)) stored,
  resource_id text not null generated always as ((((content)::jsonb -> 'resource'::text) ->> 'id'::text)) stored,
  organization_id uuid generated always as ((((content)::jsonb ->> 'organizationId'::text))::uuid) stored,
  constraint audit_entries_pkey PRIMARY KEY (sequence),
  constraint audit_entries_id_key UNIQUE (id),
  constraint audit_entries_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text))
);
CREATE INDEX audit_entries_action ON identity.audit_entries USING btree (action text_pattern_ops, sequence DESC);
CREATE INDEX audit_entries_actor ON identity.audit_entries USING btree (actor_id, sequence DESC);
CREATE INDEX audit_entries_at ON identity.audit_entries USING btree (at);
CREATE INDEX audit_entries_organization ON identity.audit_entries USING btree (organization_id, sequence DESC);
CREATE INDEX audit_entries_resource ON identity.audit_entries USING btree (resource_type, resource_id, sequence DESC);
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON identity.audit_entries FOR EACH STATEMENT EXECUTE FUNCTION identity.refuse_audit_change();
CREATE TRIGGER only_added_to BEFORE DELETE OR UPDATE ON identity.audit_entries FOR EACH ROW EXECUTE FUNCTION identity.refuse_audit_change();

create table identity.audit_head (
  only_row boolean not null default true,
  sequence bigint not null default 0,
  hash text not null default repeat('0'::text, 64),
  constraint audit_head_pkey PRIMARY KEY (only_row),
  constraint audit_head_only_row_check CHECK (only_row)
);

create unlogged table identity.audit_inbox (
  id uuid not null,
  at timestamp with time zone not null,
  content text not null,
  constraint chain_audit_entry TRIGGER DEFERRABLE INITIALLY DEFERRED,
  constraint audit_inbox_pkey PRIMARY KEY (id)
);
CREATE CONSTRAINT TRIGGER chain_audit_entry AFTER INSERT ON identity.audit_inbox DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION identity.chain_audit_entry();

create table identity.group_members (
  group_id uuid not null,
  user_id uuid not null,
  added_at timestamp with time zone not null,
  constraint group_members_pkey PRIMARY KEY (group_id, user_id),
  constraint group_members_group_id_fkey FOREIGN KEY (group_id) REFERENCES identity.groups(id) ON DELETE CASCADE,
  constraint group_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE
);
CREATE INDEX group_members_user ON identity.group_members USING btree (user_id);
CREATE TRIGGER announce_group_members AFTER INSERT OR DELETE OR UPDATE ON identity.group_members FOR EACH ROW EXECUTE FUNCTION identity.announce_change();

create table identity.groups (
  id uuid not null,
  organization_id uuid not null,
  name text not null,
  description text not null default ''::text,
  created_at timestamp with time zone not null,
  constraint groups_pkey PRIMARY KEY (id),
  constraint groups_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES identity.organizations(id),
  constraint groups_description_check CHECK ((length(description) <= 1000)),
  constraint groups_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)))
);
CREATE UNIQUE INDEX groups_name ON identity.groups USING btree (organization_id, lower(name));

create table identity.openid_flows (
  id uuid not null,
  state_sha256 bytea not null,
  browser_sha256 bytea not null,
  slug text not null,
  tried_by uuid,
  sealed text not null,
  return_path text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  report jsonb,
  constraint openid_flows_pkey PRIMARY KEY (id),
  constraint openid_flows_state_sha256_key UNIQUE (state_sha256),
  constraint openid_flows_tried_by_fkey FOREIGN KEY (tried_by) REFERENCES identity.users(id) ON DELETE CASCADE
);
CREATE INDEX openid_flows_browser ON identity.openid_flows USING btree (browser_sha256);
CREATE INDEX openid_flows_expiry ON identity.openid_flows USING btree (expires_at);
CREATE INDEX openid_flows_tried_by ON identity.openid_flows USING btree (tried_by);

create table identity.openid_links (
  issuer text not null,
  subject text not null,
  user_id uuid not null,
  email_confirmed boolean not null,
  created_at timestamp with time zone not null,
  last_sign_in_at timestamp with time zone not null,
  constraint openid_links_pkey PRIMARY KEY (issuer, subject),
  constraint openid_links_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE,
  constraint openid_links_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 255)))
);
CREATE INDEX openid_links_user ON identity.openid_links USING btree (user_id);

create table identity.openid_providers (
  id uuid not null,
  slug text not null,
  name text not null,
  issuer text not null,
  client_id text not null,
  client_secret_sealed text,
  scopes text[] not null,
  rules jsonb not null,
  fallback jsonb,
  allowed_domains text[] not null,
  provisioning text not null,
  link_by_email boolean not null,
  read_user_info boolean not null,
  enabled boolean not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint openid_providers_pkey PRIMARY KEY (id),
  constraint openid_providers_slug_key UNIQUE (slug),
  constraint openid_providers_client_id_check CHECK (((length(client_id) >= 1) AND (length(client_id) <= 500))),
  constraint openid_providers_issuer_check CHECK ((length(issuer) <= 500)),
  constraint openid_providers_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint openid_providers_provisioning_check CHECK ((provisioning = ANY (ARRAY['create'::text, 'existing'::text]))),
  constraint openid_providers_slug_check CHECK (((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text) AND (length(slug) <= 60)))
);

create table identity.organizations (
  id uuid not null,
  slug text not null,
  name text not null,
  parent_id uuid,
  created_at timestamp with time zone not null,
  archived_at timestamp with time zone,
  constraint organizations_pkey PRIMARY KEY (id),
  constraint organizations_slug_key UNIQUE (slug),
  constraint organizations_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES identity.organizations(id),
  constraint organizations_check CHECK ((parent_id <> id)),
  constraint organizations_check1 CHECK (((parent_id IS NOT NULL) OR (archived_at IS NULL))),
  constraint organizations_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint organizations_slug_check CHECK (((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text) AND (length(slug) <= 60)))
);
CREATE INDEX organizations_parent ON identity.organizations USING btree (parent_id);
CREATE UNIQUE INDEX organizations_root ON identity.organizations USING btree ((true)) WHERE (parent_id IS NULL);
CREATE TRIGGER announce_organizations AFTER INSERT OR DELETE OR UPDATE ON identity.organizations FOR EACH STATEMENT EXECUTE FUNCTION identity.announce_organizations();

create table identity.password_links (
  id uuid not null,
  user_id uuid not null,
  purpose text not null,
  secret_sha256 bytea not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint password_links_pkey PRIMARY KEY (id),
  constraint password_links_secret_sha256_key UNIQUE (secret_sha256),
  constraint password_links_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE,
  constraint password_links_purpose_check CHECK ((purpose = ANY (ARRAY['invite'::text, 'reset'::text])))
);
CREATE INDEX password_links_user ON identity.password_links USING btree (user_id);

create table identity.revision (
  only_row boolean not null default true,
  number integer not null default 0,
  constraint revision_pkey PRIMARY KEY (only_row),
  constraint revision_only_row_check CHECK (only_row)
);

create table identity.role_grants (
  id uuid not null,
  user_id uuid,
  group_id uuid,
  role text not null,
  resource_type text not null,
  resource_id text not null,
  organization_id uuid not null,
  created_at timestamp with time zone not null,
  constraint role_grants_pkey PRIMARY KEY (id),
  constraint role_grants_user_id_group_id_role_resource_type_resource_id_key UNIQUE NULLS NOT DISTINCT (user_id, group_id, role, resource_type, resource_id),
  constraint role_grants_group_id_fkey FOREIGN KEY (group_id) REFERENCES identity.groups(id) ON DELETE CASCADE,
  constraint role_grants_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES identity.organizations(id) ON DELETE CASCADE,
  constraint role_grants_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE,
  constraint role_grants_check CHECK (((user_id IS NULL) <> (group_id IS NULL))),
  constraint role_grants_resource_id_check CHECK (((length(resource_id) >= 1) AND (length(resource_id) <= 100))),
  constraint role_grants_resource_type_check CHECK ((resource_type ~ '^[a-z]+(-[a-z]+)*$'::text)),
  constraint role_grants_role_check CHECK ((role = ANY (ARRAY['maintainer'::text, 'operator'::text, 'viewer'::text])))
);
CREATE INDEX role_grants_group ON identity.role_grants USING btree (group_id);
CREATE INDEX role_grants_organization ON identity.role_grants USING btree (organization_id);
CREATE TRIGGER announce_role_grants AFTER INSERT OR DELETE OR UPDATE ON identity.role_grants FOR EACH ROW EXECUTE FUNCTION identity.announce_change();

create table identity.sessions (
  id uuid not null,
  user_id uuid not null,
  secret_sha256 bytea not null,
  created_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  user_agent text not null,
  address text not null,
  secret_since timestamp with time zone not null default now(),
  rotate_after timestamp with time zone not null default (now() + '04:00:00'::interval),
  previous_sha256 bytea,
  previous_until timestamp with time zone,
  constraint sessions_pkey PRIMARY KEY (id),
  constraint sessions_previous_sha256_key UNIQUE (previous_sha256),
  constraint sessions_secret_sha256_key UNIQUE (secret_sha256),
  constraint sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE
);
CREATE INDEX sessions_expiry ON identity.sessions USING btree (expires_at);
CREATE INDEX sessions_user ON identity.sessions USING btree (user_id);
CREATE TRIGGER announce_sessions AFTER DELETE ON identity.sessions FOR EACH ROW EXECUTE FUNCTION identity.announce_change();

create table identity.setup_links (
  id uuid not null,
  secret_sha256 bytea not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint setup_links_pkey PRIMARY KEY (id),
  constraint setup_links_secret_sha256_key UNIQUE (secret_sha256)
);

create table identity.sign_in_addresses (
  user_id uuid not null,
  address text not null,
  last_sign_in_at timestamp with time zone not null,
  constraint sign_in_addresses_pkey PRIMARY KEY (user_id, address),
  constraint sign_in_addresses_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE,
  constraint sign_in_addresses_address_check CHECK ((length(address) <= 100))
);

create table identity.users (
  id uuid not null,
  email text,
  name text not null,
  role text not null,
  password_hash text,
  created_at timestamp with time zone not null,
  disabled_at timestamp with time zone,
  organization_id uuid not null default '00000000-0000-7000-8000-000000000001'::uuid,
  kind text not null default 'person'::text,
  last_sign_in_at timestamp with time zone,
  constraint users_pkey PRIMARY KEY (id),
  constraint users_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES identity.organizations(id),
  constraint users_email_check CHECK (((length(email) >= 3) AND (length(email) <= 254))),
  constraint users_kind_check CHECK ((kind = ANY (ARRAY['person'::text, 'service-account'::text]))),
  constraint users_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint users_person_has_email CHECK (((kind = 'person'::text) = (email IS NOT NULL))),
  constraint users_role_check CHECK ((role = ANY (ARRAY['super-admin'::text, 'org-admin'::text, 'editor'::text, 'viewer'::text]))),
  constraint users_service_account_has_no_password CHECK (((kind = 'person'::text) OR (password_hash IS NULL))),
  constraint users_super_admin_is_at_the_root CHECK (((role <> 'super-admin'::text) OR (organization_id = '00000000-0000-7000-8000-000000000001'::uuid)))
);
CREATE UNIQUE INDEX users_email ON identity.users USING btree (lower(email));
CREATE INDEX users_organization ON identity.users USING btree (organization_id);
CREATE UNIQUE INDEX users_service_account_name ON identity.users USING btree (organization_id, lower(name)) WHERE (kind = 'service-account'::text);
CREATE TRIGGER announce_users AFTER DELETE OR UPDATE OF email, name, role, organization_id, disabled_at ON identity.users FOR EACH ROW EXECUTE FUNCTION identity.announce_change();
CREATE TRIGGER keep_last_admin AFTER DELETE OR UPDATE OF kind, role, disabled_at, password_hash ON identity.users FOR EACH ROW EXECUTE FUNCTION identity.keep_last_admin();

create view identity.callers as
 SELECT id,
    email,
    name,
    role,
    kind,
    organization_id,
    disabled_at,
    ( SELECT revision.number
           FROM identity.revision) AS revision,
    COALESCE(( SELECT json_agg(m.group_id) AS json_agg
           FROM identity.group_members m
          WHERE m.user_id = u.id), '[]'::json) AS group_ids,
    COALESCE(( SELECT json_agg(json_build_object('subject',
                CASE
                    WHEN g.user_id IS NULL THEN json_build_object('type', 'group', 'id', g.group_id)
                    ELSE json_build_object('type', 'user', 'id', g.user_id)
                END, 'role', g.role, 'resource', json_build_object('type', g.resource_type, 'id', g.resource_id))) AS json_agg
           FROM identity.role_grants g
          WHERE g.user_id = u.id OR (g.group_id IN ( SELECT m.group_id
                   FROM identity.group_members m
                  WHERE m.user_id = u.id))), '[]'::json) AS grants
   FROM identity.users u;

CREATE OR REPLACE FUNCTION identity.announce_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('identity_changed', '');
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION identity.announce_organizations()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update identity.revision set number = number + 1;
  perform pg_notify('identity_changed', '');
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION identity.chain_audit_entry()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
end $function$
;

CREATE OR REPLACE FUNCTION identity.keep_last_admin()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
end $function$
;

CREATE OR REPLACE FUNCTION identity.refuse_audit_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the audit log is only added to' using errcode = 'IDAUD';
end $function$
;

create schema public;

create table public.schema_migrations (
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migrations_pkey PRIMARY KEY (name)
);

CREATE OR REPLACE PROCEDURE public.ensure_month(IN parent regclass, IN month date)
 LANGUAGE plpgsql
AS $procedure$
declare
  first date := date_trunc('month', month);
  next date := first + interval '1 month';
  child text := parent::text || '_' || to_char(first, 'YYYYMM');
begin
  if to_regclass(child) is not null then
    return;
  end if;
  execute format(
    'create table if not exists %s partition of %s for values from (%L) to (%L)',
    child, parent, public.uuid_at(first::timestamp at time zone 'UTC'), public.uuid_at(next::timestamp at time zone 'UTC')
  );
end $procedure$
;

CREATE OR REPLACE FUNCTION public.uuid_at(moment timestamp with time zone)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN ((lpad(to_hex(((EXTRACT(epoch FROM moment) * (1000)::numeric))::bigint), 12, '0'::text) || repeat('0'::text, 20)))::uuid
;

create schema sources;

create table sources.dataset_rows (
  version_id uuid not null,
  key text collate "C" not null,
  value json not null
);
CREATE INDEX dataset_rows_by_key ON sources.dataset_rows USING btree (version_id, key);

create table sources.dataset_versions (
  id uuid not null,
  dataset text not null,
  number integer,
  state text not null,
  key_type text not null,
  row_count integer not null default 0,
  origin text not null,
  error text,
  created_at timestamp with time zone not null default now(),
  switched_at timestamp with time zone,
  swept_at timestamp with time zone,
  constraint dataset_versions_pkey PRIMARY KEY (id),
  constraint dataset_versions_key_type_check CHECK ((key_type = ANY (ARRAY['exact'::text, 'cidr'::text, 'suffix'::text]))),
  constraint dataset_versions_state_check CHECK ((state = ANY (ARRAY['loading'::text, 'current'::text, 'retired'::text, 'failed'::text])))
);
CREATE INDEX dataset_versions_by_dataset ON sources.dataset_versions USING btree (dataset, created_at DESC);
CREATE UNIQUE INDEX dataset_versions_one_current ON sources.dataset_versions USING btree (dataset) WHERE (state = 'current'::text);

create table sources.ignore_entries (
  id uuid not null,
  scope text not null,
  provider_id uuid,
  source_id uuid,
  match text not null,
  value text not null,
  reason text not null,
  expires_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  created_by uuid,
  organization_id uuid not null default '00000000-0000-7000-8000-000000000001'::uuid,
  constraint ignore_entries_pkey PRIMARY KEY (id),
  constraint ignore_entries_once UNIQUE NULLS NOT DISTINCT (organization_id, scope, provider_id, source_id, match, value),
  constraint ignore_entries_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES identity.organizations(id),
  constraint ignore_entries_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES sources.providers(id),
  constraint ignore_entries_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources.sources(id),
  constraint ignore_entries_check CHECK (((scope = 'provider'::text) = (provider_id IS NOT NULL))),
  constraint ignore_entries_check1 CHECK (((scope = 'source'::text) = (source_id IS NOT NULL))),
  constraint ignore_entries_match_check CHECK ((match = ANY (ARRAY['exact'::text, 'cidr'::text, 'suffix'::text]))),
  constraint ignore_entries_scope_check CHECK ((scope = ANY (ARRAY['global'::text, 'provider'::text, 'source'::text])))
);

create table sources.last_calls (
  source_id uuid not null,
  at timestamp with time zone not null,
  state text not null,
  duration_ms integer not null,
  constraint last_calls_pkey PRIMARY KEY (source_id),
  constraint last_calls_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources.sources(id),
  constraint last_calls_state_check CHECK ((state = ANY (ARRAY['found'::text, 'not-found'::text, 'failed'::text])))
);

create table sources.notification_dismissals (
  notification_id uuid not null,
  user_id uuid not null,
  dismissed_at timestamp with time zone not null,
  constraint notification_dismissals_pkey PRIMARY KEY (notification_id, user_id),
  constraint notification_dismissals_notification_id_fkey FOREIGN KEY (notification_id) REFERENCES sources.notifications(id) ON DELETE CASCADE,
  constraint notification_dismissals_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE
);
CREATE INDEX notification_dismissals_user ON sources.notification_dismissals USING btree (user_id);

create table sources.notifications (
  id uuid not null,
  kind text not null,
  organization_id uuid not null default '00000000-0000-7000-8000-000000000001'::uuid,
  source_id uuid not null,
  secret_name text not null,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint notifications_pkey PRIMARY KEY (id),
  constraint notifications_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES identity.organizations(id) ON DELETE CASCADE,
  constraint notifications_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources.sources(id),
  constraint notifications_kind_check CHECK ((kind = ANY (ARRAY['secret-missing'::text, 'secret-unusable'::text, 'secret-expiring'::text, 'secret-expired'::text])))
);
CREATE UNIQUE INDEX notifications_once ON sources.notifications USING btree (kind, organization_id, source_id, secret_name) WHERE (ended_at IS NULL);

create table sources.organization_settings (
  organization_id uuid not null,
  source_id uuid not null,
  enabled boolean,
  disabled_kinds text[],
  config jsonb not null default '{}'::jsonb,
  constraint organization_settings_pkey PRIMARY KEY (organization_id, source_id),
  constraint organization_settings_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES identity.organizations(id),
  constraint organization_settings_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources.sources(id)
);

create table sources.providers (
  id uuid not null,
  slug text not null,
  name text not null,
  description text not null,
  url text not null,
  enabled boolean not null default true,
  origin text not null,
  constraint providers_pkey PRIMARY KEY (id),
  constraint providers_slug_key UNIQUE (slug),
  constraint providers_origin_check CHECK ((origin = ANY (ARRAY['catalog'::text, 'user'::text])))
);

create table sources.quota_blocks (
  source_id uuid not null,
  until timestamp with time zone not null,
  why text not null,
  organization_id uuid not null default '00000000-0000-7000-8000-000000000001'::uuid,
  constraint quota_blocks_pkey PRIMARY KEY (source_id, organization_id),
  constraint quota_blocks_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources.sources(id)
);

create table sources.quota_uses (
  source_id uuid not null,
  used_at timestamp with time zone not null,
  organization_id uuid not null default '00000000-0000-7000-8000-000000000001'::uuid
);
CREATE INDEX quota_uses_by_owner ON sources.quota_uses USING btree (source_id, organization_id, used_at DESC);

create table sources.revision (
  only_row boolean not null default true,
  number bigint not null,
  constraint revision_pkey PRIMARY KEY (only_row),
  constraint revision_only_row_check CHECK (only_row)
);

create table sources.sealing_rings (
  process_id uuid not null,
  key_ids text[] not null,
  seen_at timestamp with time zone not null,
  constraint sealing_rings_pkey PRIMARY KEY (process_id)
);

create table sources.secrets (
  source_id uuid not null,
  name text not null,
  sealed text not null,
  bound_hosts text[] not null,
  last4 text not null,
  updated_at timestamp with time zone not null default now(),
  updated_by uuid,
  last_used_at timestamp with time zone,
  organization_id uuid not null default '00000000-0000-7000-8000-000000000001'::uuid,
  expires_at timestamp with time zone,
  constraint secrets_pkey PRIMARY KEY (organization_id, source_id, name),
  constraint secrets_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES identity.organizations(id),
  constraint secrets_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources.sources(id)
);

create table sources.sources (
  id uuid not null,
  provider_id uuid not null,
  slug text not null,
  origin text not null,
  enabled boolean not null default true,
  disabled_kinds text[] not null default '{}'::text[],
  config jsonb not null default '{}'::jsonb,
  examples jsonb not null default '[]'::jsonb,
  current_version_id uuid,
  removed_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  constraint sources_pkey PRIMARY KEY (id),
  constraint sources_slug_key UNIQUE (slug),
  constraint sources_current_version_id_fkey FOREIGN KEY (current_version_id) REFERENCES sources.versions(id),
  constraint sources_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES sources.providers(id),
  constraint sources_origin_check CHECK ((origin = ANY (ARRAY['catalog'::text, 'user'::text])))
);

create table sources.versions (
  id uuid not null,
  source_id uuid not null,
  number integer not null,
  hash text not null,
  language text not null,
  code text not null,
  requirements text[] not null,
  manifest jsonb not null,
  origin text not null,
  published_by uuid,
  published_at timestamp with time zone not null default now(),
  constraint versions_pkey PRIMARY KEY (id),
  constraint versions_source_id_number_key UNIQUE (source_id, number),
  constraint versions_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources.sources(id),
  constraint versions_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text)),
  constraint versions_number_check CHECK ((number > 0)),
  constraint versions_origin_check CHECK ((origin = ANY (ARRAY['catalog'::text, 'user'::text])))
);
CREATE INDEX versions_by_hash ON sources.versions USING btree (hash);
CREATE TRIGGER versions_are_immutable BEFORE DELETE OR UPDATE ON sources.versions FOR EACH ROW EXECUTE FUNCTION sources.refuse_change();

CREATE OR REPLACE FUNCTION sources.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'A published version never changes. Publish a new one.';
end $function$
;

CREATE OR REPLACE FUNCTION sources.reserve_calls(source uuid, calls integer, spare integer, windows interval[], most integer[])
 RETURNS TABLE(allowed boolean, at timestamp with time zone, blocked_until timestamp with time zone, blocked_why text)
 LANGUAGE sql
AS $function$
  select * from sources.reserve_calls(source, '00000000-0000-7000-8000-000000000001'::uuid, calls, spare, windows, most)
$function$
;

CREATE OR REPLACE FUNCTION sources.reserve_calls(source uuid, owner uuid, calls integer, spare integer, windows interval[], most integer[])
 RETURNS TABLE(allowed boolean, at timestamp with time zone, blocked_until timestamp with time zone, blocked_why text)
 LANGUAGE plpgsql
AS $function$
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
end $function$
;
