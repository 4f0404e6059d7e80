import { Redis } from 'ioredis'

/**
 * Opens a connection to Redis that never makes a caller wait for a server that is away: commands fail at once
 * while it is down (the twins in memory take over) and work again when it is back.
 */
export function openRedis(url: string, onError: (error: Error) => void): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    commandTimeout: 1_000,
    retryStrategy: (attempt) => Math.min(100 * attempt, 2_000),
  })
  redis.on('error', onError)
  return redis
}
