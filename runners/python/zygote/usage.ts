import { readFileSync } from 'node:fs'

const TICK_MS = 10
const PAGE_BYTES = 4096
/** Read in one go; then the runner's other work has its turn. */
const AT_A_TIME = 64

/** Of one process since it began: processor time in ms, resident memory in bytes (what it shares with others included). */
export type Usage = { cpuMs: number; residentBytes: number }

/**
 * What the workers of a zygote use, read from outside where they cannot lie. They live in a pid namespace of their own: the kernel
 * says for each process what it is called in there.
 */
export class UsageReader {
  readonly #launcherPid: number
  /** `outer pid:start time` to the pid inside, so that it is asked for once. */
  #known = new Map<string, number>()

  constructor(launcherPid: number) {
    this.#launcherPid = launcherPid
  }

  /** The pid here of the worker that the zygote knows by `inner`; 0 when it is not found. The youngest are looked at first. */
  outerPid(inner: number): number {
    if (inner <= 0) return 0
    const pids = descendants(this.#launcherPid)
    return pids.reverse().find((pid) => innerPid(pid) === inner) ?? 0
  }

  /** By the pid that the zygote knows a worker by. Empty where there is no /proc. */
  async read(): Promise<Map<number, Usage>> {
    const usages = new Map<number, Usage>()
    const known = new Map<string, number>()
    const pids = descendants(this.#launcherPid)
    for (const [index, pid] of pids.entries()) {
      if (index % AT_A_TIME === AT_A_TIME - 1) await new Promise((done) => setImmediate(done))
      const found = statOf(pid)
      if (!found) continue
      const key = `${pid}:${found.startedTicks}`
      const inner = this.#known.get(key) ?? innerPid(pid)
      known.set(key, inner)
      usages.set(inner, found)
    }
    this.#known = known
    return usages
  }
}

/** The box's own processes are among them: no worker has their pids. */
function descendants(pid: number): number[] {
  const children = childrenOf(pid)
  return children.flatMap((child) => [child, ...descendants(child)])
}

function childrenOf(pid: number): number[] {
  return (read(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number)
}

/** utime, stime, starttime and rss are the fields 14, 15, 22 and 24 of proc(5), after a name that may hold blanks. */
function statOf(pid: number): (Usage & { startedTicks: string }) | undefined {
  const fields = read(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /s, '')
    .split(' ')
  if (!fields) return undefined
  const cpuMs = (Number(fields[11]) + Number(fields[12])) * TICK_MS
  return { cpuMs, startedTicks: fields[19] ?? '', residentBytes: Number(fields[21]) * PAGE_BYTES }
}

/** NSpid lists the names of a process, the innermost namespace last. */
function innerPid(pid: number): number {
  const names = /^NSpid:\s+(.*)$/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1]
  return Number(names?.split(/\s+/).at(-1) ?? 0)
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
