-- Versioned look-up tables of sources. A version is loaded beside the current one and takes its place at once, or not at all.
create schema if not exists sources;

create table sources.dataset_versions (
  id uuid primary key,
  -- The slug of the source that the dataset belongs to.
  dataset text not null,
  -- Counts up with each switch of a dataset; null until then.
  number integer,
  state text not null check (state in ('loading', 'current', 'retired', 'failed')),
  key_type text not null check (key_type in ('exact', 'cidr', 'suffix')),
  row_count integer not null default 0,
  -- Where the rows came from, such as "@ip-location-db/asn@2.3.2026061719, reader 1".
  origin text not null,
  -- Why the load failed; only in state failed.
  error text,
  created_at timestamptz not null default now(),
  switched_at timestamptz,
  -- When the last row of a retired version was deleted.
  swept_at timestamptz
);
create unique index dataset_versions_one_current on sources.dataset_versions (dataset) where state = 'current';
create index dataset_versions_by_dataset on sources.dataset_versions (dataset, created_at desc);

-- No primary key and no foreign key: rows are written a million at the first start, and only ever deleted by version.
create table sources.dataset_rows (
  version_id uuid not null,
  key text collate "C" not null,
  -- json, not jsonb: the text goes to a runner as it is, nothing looks into it here.
  value json not null
);
-- Containment of an address or a domain is asked as equality with each of its prefixes or parents (docs/decisions/0003-dataset-keys.md).
create index dataset_rows_by_key on sources.dataset_rows (version_id, key);
