import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBinaries, openCluster, startServer } from '../../../scripts/postgres/index.ts'
import { startProduct, type Product } from '../../support/product.ts'
import { startProvider, type Provider } from '../../support/provider.ts'

export type BenchProduct = {
  product: Product
  provider: Provider
  databaseUrl: string
  directory: string
  close(): Promise<void>
}

/** The limits are counted as always, and never reached. */
const endless = ['ask', 'read', 'extract', 'write']
  .flatMap((kind) => ['address', 'user', 'token', 'organization'].map((scope) => `${kind}.${scope}=900000000`))
  .join()

/** The real product on a PostgreSQL that keeps its promises (fsync on), with a provider on loopback. */
export async function openProduct(): Promise<BenchProduct> {
  const directory = await mkdtemp(join(tmpdir(), 'indag-bench-'))
  const database = await startServer(await openCluster(join(directory, 'pg'), await findBinaries(), { durable: true }))
  const provider = await startProvider()
  const product = await startProduct({
    databaseUrl: database.url,
    env: { INDAG_LOG_LEVEL: 'error', INDAG_RATE_LIMITS: endless },
    runnerEnv: { INDAG_RUNNER_PRIVATE_HOSTS: '127.0.0.1' },
  })
  return {
    product,
    provider,
    databaseUrl: database.url,
    directory,
    close: async () => {
      await product.stop()
      await provider.stop()
      await database.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
