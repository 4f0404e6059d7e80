import { join } from 'node:path'
import { readCatalog, type CatalogSource } from '../../backend/sources/catalog/read-catalog.ts'
import type { DnsRecord } from '../support/fakes/dns-server.ts'
import type { Exchange } from '../support/fakes/provider.ts'

export const catalogDir = join(import.meta.dirname, '../../catalog')

/** What stands in examples.json; the slug of the source is added. `raw` is left out of `expected`. */
export type Example = {
  indicator: { kind: string; value: string }
  config?: Record<string, unknown>
  matches?: { key: string; value: unknown }[]
  exchanges?: Exchange[]
  dns?: DnsRecord[]
  expected: Record<string, unknown> | { failure: { reason: string; message?: string; retryAfterMs?: number } } | null
}

export type TestedSource = Omit<CatalogSource, 'examples'> & { examples: Example[]; folder: string }

export async function readSources(): Promise<TestedSource[]> {
  const { providers, problems } = await readCatalog(catalogDir)
  if (problems.length > 0) throw new Error(`The catalogue is broken: ${JSON.stringify(problems, null, 2)}`)
  return providers.flatMap((provider) =>
    provider.sources.map((source) => ({ ...source, folder: join(provider.slug, source.slug) }) as TestedSource),
  )
}
