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
  constraint request_indicators_pkey PRIMARY KEY (request_id, "position")
) partition by RANGE (request_id);
CREATE INDEX request_indicators_value ON ONLY enrichment.request_indicators USING btree (kind, value, request_id DESC);
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
  constraint requests_pkey PRIMARY KEY (id),
  constraint requests_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES enrichment.plans(id),
  constraint requests_over_quota_check CHECK ((over_quota = ANY (ARRAY['wait'::text, 'skip'::text]))),
  constraint requests_pap_check CHECK ((pap = ANY (ARRAY['CLEAR'::text, 'GREEN'::text, 'AMBER'::text, 'RED'::text]))),
  constraint requests_tlp_check CHECK ((tlp = ANY (ARRAY['CLEAR'::text, 'GREEN'::text, 'AMBER'::text, 'AMBER+STRICT'::text, 'RED'::text]))),
  constraint requests_verdict_level_check CHECK ((verdict_level = ANY (ARRAY['malicious'::text, 'suspicious'::text, 'benign'::text, 'unknown'::text])))
) partition by RANGE (id);
CREATE INDEX requests_unfinished ON ONLY enrichment.requests USING btree (owner) WHERE (finished_at IS NULL);

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
  constraint api_tokens_pkey PRIMARY KEY (id),
  constraint api_tokens_secret_sha256_key UNIQUE (secret_sha256),
  constraint api_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE,
  constraint api_tokens_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint api_tokens_scopes_check CHECK ((cardinality(scopes) > 0))
);
CREATE UNIQUE INDEX api_tokens_name ON identity.api_tokens USING btree (user_id, lower(name)) WHERE (revoked_at IS NULL);

create table identity.sessions (
  id uuid not null,
  user_id uuid not null,
  secret_sha256 bytea not null,
  created_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  user_agent text not null,
  address text not null,
  constraint sessions_pkey PRIMARY KEY (id),
  constraint sessions_secret_sha256_key UNIQUE (secret_sha256),
  constraint sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users(id) ON DELETE CASCADE
);
CREATE INDEX sessions_expiry ON identity.sessions USING btree (expires_at);
CREATE INDEX sessions_user ON identity.sessions USING btree (user_id);

create table identity.setup_links (
  id uuid not null,
  secret_sha256 bytea not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint setup_links_pkey PRIMARY KEY (id),
  constraint setup_links_secret_sha256_key UNIQUE (secret_sha256)
);

create table identity.users (
  id uuid not null,
  email text not null,
  name text not null,
  role text not null,
  password_hash text,
  created_at timestamp with time zone not null,
  disabled_at timestamp with time zone,
  constraint users_pkey PRIMARY KEY (id),
  constraint users_email_check CHECK (((length(email) >= 3) AND (length(email) <= 254))),
  constraint users_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint users_role_check CHECK ((role = ANY (ARRAY['super-admin'::text, 'editor'::text, 'viewer'::text])))
);
CREATE UNIQUE INDEX users_email ON identity.users USING btree (lower(email));

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
  constraint ignore_entries_pkey PRIMARY KEY (id),
  constraint ignore_entries_scope_provider_id_source_id_match_value_key UNIQUE NULLS NOT DISTINCT (scope, provider_id, source_id, match, value),
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
  constraint quota_blocks_pkey PRIMARY KEY (source_id),
  constraint quota_blocks_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources.sources(id)
);

create table sources.quota_uses (
  source_id uuid not null,
  used_at timestamp with time zone not null
);
CREATE INDEX quota_uses_by_time ON sources.quota_uses USING btree (source_id, used_at DESC);

create table sources.revision (
  only_row boolean not null default true,
  number bigint not null,
  constraint revision_pkey PRIMARY KEY (only_row),
  constraint revision_only_row_check CHECK (only_row)
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
  constraint secrets_pkey PRIMARY KEY (source_id, name),
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
 LANGUAGE plpgsql
AS $function$
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
end $function$
;
