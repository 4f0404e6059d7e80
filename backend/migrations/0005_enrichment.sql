create schema enrichment;

-- Backend processes that run requests. A process whose heartbeat stops is dead: its requests and flights are taken over.
create table enrichment.processes (
  id uuid primary key,
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now()
);

-- The sources and code versions that requests were planned with: an array of objects. Most requests share one.
create table enrichment.plans (
  -- SHA-256 of the array, hexadecimal.
  id text primary key,
  sources json not null
);

-- JSON that is only kept and given back is json, not jsonb: it is written far more often than looked into.
create table enrichment.requests (
  id uuid not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  created_by uuid not null,
  created_by_name text not null,
  tlp text not null check (tlp in ('CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED')),
  pap text not null check (pap in ('CLEAR', 'GREEN', 'AMBER', 'RED')),
  fresh boolean not null,
  over_quota text not null check (over_quota in ('wait', 'skip')),
  -- Slugs as asked; null means every source.
  chosen text[],
  plan_id text not null references enrichment.plans,
  rejected json not null,
  seq int not null,
  counts json not null,
  -- Rows that had ended when the request was accepted, cached or refused by policy: see store/settled-rows.ts.
  settled json not null,
  -- The worst verdict of its indicators, set when it is finished.
  verdict_level text check (verdict_level in ('malicious', 'suspicious', 'benign', 'unknown')),
  -- The process that runs it; null when nobody does.
  owner uuid,
  primary key (id)
) partition by range (id);
create index requests_unfinished on enrichment.requests (owner) where finished_at is null;
create table enrichment.requests_rest partition of enrichment.requests default;

create table enrichment.request_indicators (
  request_id uuid not null,
  position int not null,
  kind text not null,
  value text not null,
  count int not null,
  verdict json,
  verdict_level text,
  verdict_score int,
  primary key (request_id, position)
) partition by range (request_id);
create index request_indicators_value on enrichment.request_indicators (kind, value, request_id desc);
create index request_indicators_verdict on enrichment.request_indicators (verdict_level, request_id desc);
create table enrichment.request_indicators_rest partition of enrichment.request_indicators default;

-- What one source version said, once for each real call, whoever asked for it. Never changed.
create table enrichment.answers (
  id uuid not null,
  source_id uuid not null,
  source_slug text not null,
  code_version int not null,
  kind text not null,
  value text not null,
  cache_key text not null,
  state text not null check (state in ('found', 'not-found', 'failed')),
  result json,
  reason json,
  calls json not null,
  logs json not null,
  runner text,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  trace_id text not null,
  primary key (id)
) partition by range (id);
create index answers_cache_key on enrichment.answers (cache_key, id desc);
create table enrichment.answers_rest partition of enrichment.answers default;

-- Where each (indicator, source) of a request stands. A row that is neither here nor settled is queued.
create table enrichment.outcomes (
  request_id uuid not null,
  position int not null,
  source_id uuid not null,
  seq int not null,
  state text not null check (state in ('queued', 'running', 'found', 'not-found', 'skipped', 'failed')),
  reason json,
  answer_id uuid,
  -- Set when the answer came from the cache: how old it was is told from the answer.
  cache_expires_at timestamptz,
  eta timestamptz,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (request_id, position, source_id)
) partition by range (request_id);
create table enrichment.outcomes_rest partition of enrichment.outcomes default;

-- One call in flight for each cache key, across processes.
create table enrichment.flights (
  cache_key text primary key,
  owner uuid not null,
  expires_at timestamptz not null
);
