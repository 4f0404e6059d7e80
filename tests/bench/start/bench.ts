import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../scripts/postgres/free-port.ts'
import { npmStart } from '../../support/npm-start.ts'
import { treeMegabytes } from '../support/process-memory.ts'

export type StartBench = {
  firstMs: number
  warmMs: number
  idleMegabytes: number
  firstAnswerMs: number
  found: number
}

/** Three looks of the backend's own at its heap. */
const restMs = 15_000

const token = 'indag_benchmarkbenchmarkbenchmark'

/**
 * `npm start` with everything installed: on an empty data folder (initdb, migrations, 1.2 million dataset rows), and again;
 * the memory of the whole product at rest (PSS); the first answer about 1.1.1.1 after a warm start.
 */
export async function run(): Promise<StartBench> {
  const dataDir = await mkdtemp(join(tmpdir(), 'indag-start-'))
  try {
    const first = await timeStart(dataDir)
    const warm = await timeStart(dataDir)
    return {
      firstMs: first.ms,
      warmMs: warm.ms,
      idleMegabytes: warm.megabytes,
      firstAnswerMs: warm.answerMs,
      found: warm.found,
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function timeStart(dataDir: string) {
  const port = await freePort()
  const startedAt = performance.now()
  const start = npmStart(dataDir, port, {
    INDAG_ADMIN_EMAIL: 'bench@indag.test',
    INDAG_ADMIN_PASSWORD: 'a password for the bench',
    INDAG_ADMIN_TOKEN: token,
  })
  await start.ready()
  const ms = performance.now() - startedAt
  const askedAt = performance.now()
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/requests`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ indicators: ['1.1.1.1'], tlp: 'RED', wait: true }),
  })
  const view = (await answer.json()) as { counts: { found: number } }
  const answerMs = performance.now() - askedAt
  await new Promise((resolve) => setTimeout(resolve, restMs))
  const megabytes = treeMegabytes(start.npm.pid ?? 0)
  start.npm.kill('SIGTERM')
  await start.ended
  await untilGone(port)
  return { ms, answerMs, found: view.counts.found, megabytes }
}

/** npm ends before what it started: the next start must not meet the last one on its way out. */
async function untilGone(port: number): Promise<void> {
  for (;;) {
    const there = await fetch(`http://127.0.0.1:${port}/livez`).then(
      () => true,
      () => false,
    )
    if (!there) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

if (import.meta.main) console.log(await run())
