-- Points that callers used, counted for all backend processes together where there is no Redis, or while it is away.
-- Unlogged: it is written often, and a crash of the server may forget a quarter of an hour of counting.
create schema foundation;

-- The form that rate-limiter-flexible writes.
create unlogged table foundation.rate_limits (
  key varchar(255) primary key,
  points integer not null default 0,
  -- milliseconds since 1970
  expire bigint
);
create index rate_limits_expire on foundation.rate_limits (expire);
