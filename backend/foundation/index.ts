export { AppError, fail, type ErrorExtra, type FieldError } from './errors/app-error.ts'
export { errorStatus, type ErrorCode } from './errors/codes.ts'
export { isDatabaseOutage, toAppError, toHttp, toProblem, type Problem } from './errors/to-http.ts'
export { newId } from './ids/new-id.ts'
export { systemClock, type Clock } from './clock/clock.ts'
export {
  openPostgres,
  pingPostgres,
  type Postgres,
  type Queryable,
  type Transaction,
} from './postgres/open-postgres.ts'
export { describePostgres, type PostgresState } from './postgres/describe-postgres.ts'
export { migrate } from './postgres/migrate.ts'
export { throughOutage } from './postgres/through-outage.ts'
export type { Cache, CacheEntry, CacheWrite } from './cache/cache.ts'
export { openMemoryCache } from './cache/memory-cache.ts'
export { openRedisCache } from './cache/redis-cache.ts'
export { openRedis } from './cache/open-redis.ts'
export { newRouter } from './http/new-router.ts'
export { jsonResponse, problemResponses, problemSchema } from './http/problem-schema.ts'
export { type Balance, type Budget, Budgets } from './rate-limit/budgets.ts'
export { chargeFurther, offerCharge } from './rate-limit/charge.ts'
export { openRateLimit, type RateLimitOptions, type SharedStore } from './rate-limit/open-rate-limit.ts'
export type { Consumption, RateLimit, Window } from './rate-limit/rate-limit.ts'
export { openKeyRing, SealBroken, type KeyRing, type SealingKey } from './sealing/open-key-ring.ts'
export type { SealedColumn, SealedText } from './sealing/sealed-column.ts'
export { countKeyUses, reseal, type KeyUse, type ResealReport } from './sealing/reseal.ts'
export { parseSealingKeys } from './sealing/parse-sealing-keys.ts'
export { recordNothing, systemActor, type Actor, type Change, type RecordChange } from './changes/change.ts'
