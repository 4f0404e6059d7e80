-- One schema for each module that keeps something; a module touches only its own.
-- History tables are partitioned by month on their time-ordered ids (UUIDv7).

create function public.uuid_at(moment timestamptz) returns uuid
language sql immutable parallel safe
return (
  lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || repeat('0', 20)
)::uuid;

comment on function public.uuid_at is 'The smallest UUIDv7 of a moment: the bound of a partition or of a time filter on ids';

create procedure public.ensure_month(parent regclass, month date)
language plpgsql as $$
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
end $$;
