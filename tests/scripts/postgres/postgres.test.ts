import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterEach, describe, expect, it } from 'vitest'
import { startPostgres } from '../../support/postgres.ts'
import { isAlive } from '../../support/processes.ts'

const folders: string[] = []
async function folder(prefix = 'indag postgres '): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), prefix))
  folders.push(made)
  return made
}
afterEach(async () => {
  await Promise.all(folders.splice(0).map((path) => rm(path, { recursive: true, force: true })))
})

async function query(url: string, statement: string): Promise<unknown[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return [...(await sql.unsafe(statement))]
  } finally {
    await sql.end()
  }
}

describe('the embedded PostgreSQL', () => {
  it('keeps what was committed when it is killed, and comes back at the same address', async () => {
    const directory = await folder()
    const first = await startPostgres(directory)
    await query(first.url, 'create table kept as select 1 as one')
    process.kill(first.pid, 'SIGKILL')
    await first.exited
    const second = await startPostgres(directory)
    expect(second.url).toBe(first.url)
    expect(await query(second.url, 'select one from kept')).toEqual([{ one: 1 }])
    await second.stop()
  })

  it('works below a folder that only its owner may enter', async () => {
    const shut = await folder('indag-shut-')
    await chmod(shut, 0o700)
    const server = await startPostgres(join(shut, 'database'))
    expect(await query(server.url, 'select 2 as two')).toEqual([{ two: 2 }])
    await server.stop()
  })

  it('takes another port when its own was taken meanwhile', async () => {
    const directory = await folder()
    const first = await startPostgres(directory)
    await first.stop()
    const other = await startPostgres(await folder())
    await writeFile(join(directory, 'port'), String(other.port))
    const again = await startPostgres(directory)
    expect(again.port).not.toBe(other.port)
    await Promise.all([again.stop(), other.stop()])
  })

  it('refuses a connection without the password', async () => {
    const server = await startPostgres(await folder())
    const wrong = server.url.replace(/:[0-9a-f]+@/, ':wrong@')
    await expect(query(wrong, 'select 1')).rejects.toThrow(/password authentication failed/)
    await server.stop()
  })

  it('refuses a folder that another major version made, and says which', async () => {
    const directory = await folder()
    await (await startPostgres(directory)).stop()
    await writeFile(join(directory, 'data/PG_VERSION'), '17\n')
    await expect(startPostgres(directory)).rejects.toThrow(/made by PostgreSQL 17.*INDAG_DATA_DIR/s)
  })

  it('refuses a folder whose password is lost, and leaves the data alone', async () => {
    const directory = await folder()
    await (await startPostgres(directory)).stop()
    await rm(join(directory, 'password'))
    await expect(startPostgres(directory)).rejects.toThrow(/password is missing/)
    expect(await readFile(join(directory, 'data/PG_VERSION'), 'utf8')).toBe('18\n')
  })

  it('does not outlive the process that started it, even when that one is killed', async () => {
    const directory = await folder()
    const door = JSON.stringify(join(import.meta.dirname, '../../../scripts/postgres/index.ts'))
    const program = `const { findBinaries, openCluster, startServer } = await import(${door})
      const server = await startServer(await openCluster(process.argv[1], await findBinaries(), { durable: false }))
      console.log(server.pid)
      setInterval(() => {}, 1000)`
    const starter = spawn(process.execPath, ['--input-type=module', '-e', program, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(starter.stdout, 'data')) as [Buffer]
    const pid = Number(line.toString())
    expect((await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0')[0]).toMatch(/postgres$/)
    starter.kill('SIGKILL')
    await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)
  })

  it('takes over from a server whose guardian was killed', async () => {
    const directory = await folder()
    const first = await startPostgres(directory)
    const status = await readFile(`/proc/${first.pid}/status`, 'utf8')
    process.kill(Number(/PPid:\s+(\d+)/.exec(status)?.[1]), 'SIGKILL')
    const second = await startPostgres(directory)
    expect(isAlive(first.pid)).toBe(false)
    await second.stop()
  })
})
