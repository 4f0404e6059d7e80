// Plain JavaScript because scripts/ensure-deps.mjs uses it on the host's Node 20. Types are in process-lock.d.mts.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'

/** Takes the lock file at `path` for this process, or tells who holds it. A lock whose process is gone is taken over. */
export function acquireLock(path, details = {}) {
  const mine = identify(process.pid)
  for (;;) {
    const found = readLock(path)
    if (found && isRunning(found)) return { held: false, owner: found }
    if (found) removeStale(path, found)
    if (!publish(path, { ...mine, ...details })) continue
    const update = (more) => replace(path, { ...mine, ...(details = { ...details, ...more }) })
    return { held: true, previous: found, update, release: () => rmSync(path, { force: true }) }
  }
}

/** What names a process beyond doubt: a pid is given out again, its start time is not (on Linux; elsewhere the pid alone). */
export function identify(pid) {
  return { pid, startedAt: startTime(pid) }
}

/** True while that very process runs. A zombie has ended. */
export function isRunning({ pid, startedAt }) {
  // To kill(), pid 0 would mean our own process group.
  if (pid <= 0 || startedAt === 'ended') return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error.code !== 'EPERM') return false
  }
  return startedAt === null || startTime(pid) === startedAt
}

function startTime(pid) {
  if (process.platform !== 'linux') return null
  try {
    // The program's name stands in brackets and may hold spaces: field 3 (state) is the first one behind the last bracket.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' ? 'ended' : fields[19]
  } catch {
    return 'ended'
  }
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return null
    if (error instanceof SyntaxError) return { pid: 0, startedAt: 'ended' }
    throw error
  }
}

/** Atomic: the file appears whole, or another process was first. */
function publish(path, content) {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(draft, JSON.stringify(content), { mode: 0o600 })
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Renames before it deletes, and puts back what it did not mean: another process may have taken over in between. */
function removeStale(path, stale) {
  const aside = `${path}.${process.pid}.stale`
  try {
    renameSync(path, aside)
  } catch (error) {
    if (error.code === 'ENOENT') return
    throw error
  }
  const removed = readLock(aside)
  try {
    if (removed && (removed.pid !== stale.pid || removed.startedAt !== stale.startedAt)) linkSync(aside, path)
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

function replace(path, content) {
  const draft = `${path}.${process.pid}.update`
  writeFileSync(draft, JSON.stringify(content), { mode: 0o600 })
  renameSync(draft, path)
}
