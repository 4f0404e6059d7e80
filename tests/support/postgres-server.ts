/** vitest's globalSetup: one real PostgreSQL for the whole run, with every migration applied to a template database. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { findBinaries, openCluster, startServer } from '../../scripts/postgres/index.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgres: { url: string; broken: string | null }
  }
}

export const TEMPLATE = 'indag_template'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'indag-test-postgres-'))
  const cluster = await openCluster(directory, await findBinaries(), { durable: false })
  const server = await startServer(cluster, { max_connections: '300' })
  project.provide('postgres', { url: server.url, broken: await makeTemplate(server.url) })
  return async () => {
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

/** A migration that fails must fail the tests that need a database, not those that need none. */
async function makeTemplate(url: string): Promise<string | null> {
  const admin = postgres(url, { max: 1, onnotice: () => {} })
  const template = postgres(withDatabase(url, TEMPLATE), { max: 2, onnotice: () => {} })
  try {
    await admin.unsafe(`create database ${TEMPLATE}`)
    const { migrate } = await import('../../backend/foundation/index.ts')
    await migrate(template, join(import.meta.dirname, '../../backend/migrations'))
    return null
  } catch (error) {
    return String(error)
  } finally {
    await Promise.all([admin.end(), template.end()])
  }
}

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
