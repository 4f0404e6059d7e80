import { createHash } from 'node:crypto'
import type { Cache } from '../../foundation/index.ts'
import type { Indicator } from '../../indicators/index.ts'
import type { SourceSnapshot } from '../../sources/index.ts'
import type { Answer } from '../answer.ts'

export type Remembered = { answer: Answer; expiresAtMs: number }

/** Answers that are still good: per source, code version, configuration, kind and value. Failures are not remembered. */
export type ResultCache = {
  /** One for each question, in order, in one round trip. */
  lookUp(questions: { source: SourceSnapshot; key: string }[]): Promise<(Remembered | undefined)[]>
  remember(source: SourceSnapshot, key: string, answer: Answer): Promise<void>
  forget(keys: string[]): Promise<void>
}

export function openResultCache(cache: Cache): ResultCache {
  // The values are immutable, so the parsed form is kept beside the text: a hit costs no JSON.
  const parsed = new WeakMap<object, Answer>()
  return {
    async lookUp(questions) {
      const asked = questions.filter(({ source }) => source.cacheTtlSeconds > 0)
      const entries = await cache.getMany(asked.map(({ key }) => key))
      const found = asked.map((_, index) => {
        const entry = entries[index]
        if (!entry) return undefined
        let answer = parsed.get(entry)
        if (!answer) parsed.set(entry, (answer = JSON.parse(entry.value) as Answer))
        return { answer, expiresAtMs: entry.expiresAtMs }
      })
      if (asked.length === questions.length) return found
      let next = 0
      return questions.map(({ source }) => (source.cacheTtlSeconds > 0 ? found[next++] : undefined))
    },
    async remember(source, key, answer) {
      const ttlMs = source.cacheTtlSeconds * 1000
      if (ttlMs > 0 && answer.state !== 'failed') await cache.setMany([{ key, value: JSON.stringify(answer), ttlMs }])
    },
    forget: (keys) => cache.delete(keys),
  }
}

/**
 * Two questions with one key have the same answer. Organizations share what they ask in the same way: `configHash` tells
 * apart whose secrets and configuration a source is asked with, and what each remembers is its own.
 * Long values are hashed: a key is at most about 250 characters.
 */
export function cacheKey(source: SourceSnapshot, indicator: Indicator, organizationId: string): string {
  const value =
    indicator.value.length <= 100 ? indicator.value : createHash('sha256').update(indicator.value).digest('hex')
  const owner = source.dataset && 'history' in source.dataset.origin ? `:${organizationId}` : ''
  return `${source.id}:${source.version}:${source.configHash.slice(0, 12)}:${indicator.kind}:${value}${owner}`
}
