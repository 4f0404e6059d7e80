import type { Clock } from '../clock/clock.ts'
import type { Cache, CacheEntry } from './cache.ts'

/** A cache in this process, bounded by entries; the least recently used goes first. */
export function openMemoryCache(clock: Clock, maxEntries: number): Cache {
  // A Map keeps insertion order: reading an entry moves it to the end, the first is the oldest.
  const entries = new Map<string, CacheEntry>()

  function read(key: string): CacheEntry | undefined {
    const entry = entries.get(key)
    if (!entry) return undefined
    entries.delete(key)
    if (entry.expiresAtMs <= clock.now()) return undefined
    entries.set(key, entry)
    return entry
  }

  return {
    getMany: (keys) => Promise.resolve(keys.map(read)),
    setMany: (writes) => {
      const now = clock.now()
      for (const { key, value, ttlMs } of writes) {
        entries.delete(key)
        if (ttlMs > 0) entries.set(key, { value, storedAtMs: now, expiresAtMs: now + ttlMs })
      }
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries) break
        entries.delete(oldest)
      }
      return Promise.resolve()
    },
    delete: (keys) => {
      for (const key of keys) entries.delete(key)
      return Promise.resolve()
    },
    healthy: () => Promise.resolve(true),
    close: () => {
      entries.clear()
      return Promise.resolve()
    },
  }
}
