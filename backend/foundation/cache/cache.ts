/** One remembered value. Times are milliseconds since 1970. */
export type CacheEntry = { value: string; storedAtMs: number; expiresAtMs: number }

export type CacheWrite = { key: string; value: string; ttlMs: number }

/**
 * Remembers text for a while. A cache may forget at any time and never fails: when its server is away it
 * answers `undefined` and drops what it is told.
 */
export type Cache = {
  /** One answer for each key, in order; `undefined` when it is not there or has expired. */
  getMany(keys: string[]): Promise<(CacheEntry | undefined)[]>
  setMany(entries: CacheWrite[]): Promise<void>
  delete(keys: string[]): Promise<void>
  /** Whether the place behind the cache answers, for readiness. */
  healthy(): Promise<boolean>
  close(): Promise<void>
}
