import { mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Children that burn are idle work (Linux 5.15: cpu.idle): they get what nobody else wants, and whoever wakes goes before them at once. Where
 * there is none of that, next to a program of the usual weight (1024, or 100 in v2) they get about 3 % of two processors together, in turns of
 * milliseconds for which others wait.
 */
const SLOW_SHARES = 60
const SLOW_WEIGHT = 6
const USUAL_WEIGHT = 100
const REMOVE_AGAIN_MS = 200
/** 5 s: a busy machine takes its time to bury a killed child. */
const REMOVE_TIMES = 250

/** Where the groups are and who asks; a test gives folders of its own. */
export type CgroupPlace = { root: string; self: string; pid: number }
const HERE: CgroupPlace = { root: '/sys/fs/cgroup', self: '/proc/self', pid: process.pid }

/** The groups of one child. */
export type ChildGroup = {
  /** The launcher writes its own pid to them, before anything else. */
  procs: string[]
  limitMemory(sizeBytes: number): void
  /** The kernel killed something in it for its memory. */
  ranOutOfMemory(): boolean
  /** Takes the processor from it, or gives it back; false when that cannot be had. */
  slow(pid: number, isSlow: boolean): boolean
  /** The child is dead or dying. */
  remove(): void
}

/** Control groups of this run: one for each child, flat below the runner's own, in v2 or in v1's hierarchies. */
export type Cgroups = {
  version: 1 | 2
  /** A group for a child; undefined when it cannot be made any longer. */
  add(processes: number): ChildGroup | undefined
  /** For a process that has no group of its own, but lives in another's: it can be slowed down only. */
  guest: ChildGroup
  close(): Promise<void>
}

/**
 * Opens control groups where this process may make them, and sweeps what killed runners left. A text says why there are none.
 * v2 is taken when it has memory and pids; it forbids processes beside groups, so the runner moves into a leaf of its own, which it may
 * only when nothing else is in its group.
 */
export function openCgroups(place: CgroupPlace = HERE): Cgroups | string {
  try {
    const own = readFileSync(join(place.self, 'cgroup'), 'utf8')
    const unified = /^0::(.*)$/m.exec(own)?.[1]
    if (unified !== undefined && hasControllers(join(place.root, unified)))
      return openV2(join(place.root, unified), place)
    return openV1(own, place)
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}

function hasControllers(folder: string): boolean {
  const offered = readIfThere(join(folder, 'cgroup.controllers')).split(/\s+/)
  return offered.includes('memory') && offered.includes('pids')
}

function openV2(own: string, place: CgroupPlace): Cgroups | string {
  const names = new Names([own], place)
  const others = readIfThere(join(own, 'cgroup.procs')).split('\n').filter(Boolean).map(Number)
  if (others.some((pid) => pid !== place.pid)) return `other processes share the runner's group ${own}`
  const leaf = join(own, names.next('runner'))
  mkdirSync(leaf)
  writeFileSync(join(leaf, 'cgroup.procs'), String(place.pid))
  const hasCpu = readIfThere(join(own, 'cgroup.controllers')).split(/\s+/).includes('cpu')
  try {
    writeFileSync(join(own, 'cgroup.subtree_control'), `+memory +pids${hasCpu ? ' +cpu' : ''}`)
  } catch (cause) {
    writeFileSync(join(own, 'cgroup.procs'), String(place.pid))
    rmdirSync(leaf)
    throw cause
  }
  const add = (processes: number): ChildGroup => {
    const folder = join(own, names.next())
    mkdirSync(folder)
    const put = (file: string, value: number) => writeFileSync(join(folder, file), String(value))
    put('pids.max', processes)
    quietly(() => put('memory.swap.max', 0))
    return {
      procs: [join(folder, 'cgroup.procs')],
      limitMemory: (sizeBytes) => void quietly(() => put('memory.max', sizeBytes)),
      ranOutOfMemory: () => countOf(join(folder, 'memory.events'), 'oom_kill') > 0,
      slow: (_pid, isSlow) =>
        hasCpu &&
        (quietly(() => put('cpu.idle', isSlow ? 1 : 0)) ||
          quietly(() => put('cpu.weight', isSlow ? SLOW_WEIGHT : USUAL_WEIGHT))),
      remove: () => names.remove([folder]),
    }
  }
  // A process alone has no weight of its own in v2.
  return { version: 2, add: orUndefined(add), guest: guest(() => false), close: () => names.close() }
}

function openV1(own: string, place: CgroupPlace): Cgroups | string {
  const homes = new Map<string, string>()
  for (const controller of ['memory', 'pids', 'cpu']) {
    const path = own
      .split('\n')
      .map((line) => line.split(':'))
      .find(([, names]) => names?.split(',').includes(controller))?.[2]
    if (path === undefined) return `there is no ${controller} controller`
    homes.set(controller, join(place.root, controller, path))
  }
  const home = (controller: string) => homes.get(controller) as string
  const names = new Names([...homes.values()], place)
  const slowGroup = join(home('cpu'), names.next('slow'))
  mkdirSync(slowGroup)
  writeFileSync(join(slowGroup, 'cpu.shares'), String(SLOW_SHARES))
  quietly(() => writeFileSync(join(slowGroup, 'cpu.idle'), '1'))
  const slow = (pid: number, isSlow: boolean) =>
    quietly(() => writeFileSync(join(isSlow ? slowGroup : home('cpu'), 'cgroup.procs'), String(pid)))
  const add = (processes: number): ChildGroup => {
    const name = names.next()
    const [memory, pids] = [join(home('memory'), name), join(home('pids'), name)]
    mkdirSync(memory)
    mkdirSync(pids)
    writeFileSync(join(pids, 'pids.max'), String(processes))
    quietly(() => writeFileSync(join(memory, 'memory.swappiness'), '0'))
    return {
      procs: [join(memory, 'cgroup.procs'), join(pids, 'cgroup.procs')],
      limitMemory: (sizeBytes) =>
        void quietly(() => writeFileSync(join(memory, 'memory.limit_in_bytes'), String(sizeBytes))),
      ranOutOfMemory: () => countOf(join(memory, 'memory.oom_control'), 'oom_kill') > 0,
      slow,
      remove: () => names.remove([memory, pids]),
    }
  }
  return { version: 1, add: orUndefined(add), guest: guest(slow), close: () => names.close() }
}

function guest(slow: ChildGroup['slow']): ChildGroup {
  return { procs: [], limitMemory: () => {}, ranOutOfMemory: () => false, slow, remove: () => {} }
}

/** Names of this run's groups, and their end. A group goes only when its last process is gone: a moment after the kill. */
class Names {
  readonly #run: string
  readonly #leaving = new Set<string>()
  #next = 1
  #timer: NodeJS.Timeout | undefined

  readonly #homes: string[]

  constructor(homes: string[], place: CgroupPlace) {
    this.#homes = homes
    this.#run = `indag-${place.pid}-${startOf(place.self)}`
    for (const home of homes) sweep(home, place)
  }

  next(name = String(this.#next++)): string {
    return `${this.#run}-${name}`
  }

  remove(folders: string[]): void {
    for (const folder of folders) this.#leaving.add(folder)
    this.#timer ??= setInterval(() => this.#tryAgain(), REMOVE_AGAIN_MS).unref()
  }

  /** Takes every group of this run, also of a child that was being made; not the runner's own leaf. */
  async close(): Promise<void> {
    for (const home of this.#homes)
      for (const name of readdirSync(home))
        if (name.startsWith(`${this.#run}-`) && !name.endsWith('-runner')) this.#leaving.add(join(home, name))
    for (let time = 0; time < REMOVE_TIMES && this.#tryAgain(); time += 1)
      await new Promise((resolve) => setTimeout(resolve, REMOVE_AGAIN_MS / 10))
  }

  /** True while some are left. */
  #tryAgain(): boolean {
    for (const folder of this.#leaving) if (remove(folder)) this.#leaving.delete(folder)
    if (this.#leaving.size > 0) return true
    clearInterval(this.#timer)
    this.#timer = undefined
    return false
  }
}

/** Groups of runners that are no more. One with a process in it stays, whatever its name says. */
function sweep(home: string, place: CgroupPlace): void {
  for (const name of readdirSync(home)) {
    const [, pid, start] = /^indag-(\d+)-(\d+)-/.exec(name) ?? []
    if (pid !== undefined && startOf(join(place.self, '..', pid)) !== start) remove(join(home, name))
  }
}

/** When the process began, in ticks since the machine did: with the pid it names one process. Empty when there is none. */
function startOf(folder: string): string {
  return (
    readIfThere(join(folder, 'stat'))
      .replace(/^.*\) /s, '')
      .split(' ')[19] ?? ''
  )
}

function countOf(file: string, word: string): number {
  return Number(new RegExp(`^${word} (\\d+)$`, 'm').exec(readIfThere(file))?.[1] ?? 0)
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function remove(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

function quietly(action: () => void): boolean {
  try {
    action()
    return true
  } catch {
    return false
  }
}

/** A group that cannot be made is no reason to run nothing: the other bounds hold. */
function orUndefined(add: (processes: number) => ChildGroup): Cgroups['add'] {
  return (processes) => {
    let group: ChildGroup | undefined
    quietly(() => void (group = add(processes)))
    return group
  }
}
