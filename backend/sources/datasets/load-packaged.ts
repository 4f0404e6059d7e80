import { join } from 'node:path'
import type { Postgres } from '../../foundation/index.ts'
import type { Reader } from './dataset.ts'
import { findManifests } from './find-manifests.ts'
import { loadVersion } from './load-version.ts'
import { openPackageFiles, type PackageFiles } from './package-files.ts'
import { readers } from './readers/index.ts'
import { currentOrigins, dropKeyIndex, ensureKeyIndex, isFresh } from './store.ts'

export type Log = {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}

export type PackagedReport = {
  dataset: string
  outcome: 'loaded' | 'current' | 'failed'
  rowCount?: number
  durationMs?: number
  error?: string
}

/**
 * Loads every dataset that ships in an npm package and is not current in the installed version.
 * One that fails is logged and reported and does not hinder the others: its source goes on with what it had.
 */
export async function loadPackaged(sql: Postgres, catalogDir: string, log: Log): Promise<PackagedReport[]> {
  const files = openPackageFiles(join(catalogDir, 'package.json'))
  const current = await currentOrigins(sql)
  const reports: PackagedReport[] = []
  // A million rows are written in half the time when the index is made of them afterwards.
  if (await isFresh(sql)) await dropKeyIndex(sql)
  for (const { dataset, readerName } of findManifests(catalogDir)) {
    if (readerName) reports.push(await loadOne(sql, files, dataset, readerName, current.get(dataset), log))
  }
  await ensureKeyIndex(sql)
  return reports
}

async function loadOne(
  sql: Postgres,
  files: PackageFiles,
  dataset: string,
  readerName: string,
  before: string | undefined,
  log: Log,
): Promise<PackagedReport> {
  const startedAt = performance.now()
  try {
    const reader = readers[readerName]
    if (!reader) throw new Error(`No reader is called ${readerName}: see backend/sources/datasets/readers`)
    const origin = originOf(reader, files)
    if (origin === before) return { dataset, outcome: 'current' }
    const rows = await reader.read(files)
    const loaded = await loadVersion(sql, { dataset, keyType: reader.keyType, origin, rows, unlessCurrent: true })
    if (loaded === 'already-current') return { dataset, outcome: 'current' }
    const durationMs = Math.round(performance.now() - startedAt)
    log.info({ dataset, origin, rowCount: loaded.rowCount, durationMs }, 'dataset loaded')
    return { dataset, outcome: 'loaded', rowCount: loaded.rowCount, durationMs }
  } catch (error) {
    log.error({ dataset, err: error }, 'dataset not loaded: the last good version stays')
    return { dataset, outcome: 'failed', error: error instanceof Error ? error.message : String(error) }
  }
}

/** Such as "@ip-location-db/asn@2.3.2026061719, reader 1". */
function originOf(reader: Reader, files: PackageFiles): string {
  const packages = reader.packages.map((name) => `${name}@${files.version(name)}`)
  return `${packages.join(' + ')}, reader ${reader.revision}`
}
