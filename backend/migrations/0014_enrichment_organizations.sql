-- Each request belongs to an organization: its answers are read, and remembered as "own history", there and above.
-- Nullable, because the version before writes null: then it is the root's, as all was before.
alter table enrichment.requests
  add column organization_id uuid default '00000000-0000-7000-8000-000000000001' references identity.organizations;
create index requests_organization on enrichment.requests (organization_id, id desc);

alter table enrichment.request_indicators
  add column organization_id uuid default '00000000-0000-7000-8000-000000000001';
create index request_indicators_past on enrichment.request_indicators (organization_id, kind, value, request_id desc);
drop index enrichment.request_indicators_value;
