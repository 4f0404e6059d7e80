import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { identify, isRunning, type ProcessIdentity } from '../../scripts/lock/process-lock.mjs'

export type SeenProcess = ProcessIdentity & { parent: number; command: string }

/** Every process below this one, itself included, as they are now (Linux). */
export function processTree(pid: number): SeenProcess[] {
  const all = processes()
  const below = (parent: number): SeenProcess[] =>
    all.filter((each) => each.parent === parent).flatMap((each) => [each, ...below(each.pid)])
  return [...all.filter((each) => each.pid === pid), ...below(pid)]
}

/** Every process that has to do with this folder: by its command line, its working folder or its environment. */
export function processesAround(folder: string): SeenProcess[] {
  return processes().filter(({ pid, command }) => {
    return command.includes(folder) || link(pid).startsWith(folder) || read(pid, 'environ').includes(folder)
  })
}

/** Those of the seen processes that still run, for the message of a failed expectation. */
export function stillRunning(seen: SeenProcess[]): string[] {
  return seen.filter((each) => isRunning(each)).map(({ pid, command }) => `${pid} ${command}`)
}

function processes(): SeenProcess[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  return pids.flatMap((pid) => {
    const stat = read(pid, 'stat')
      .replace(/^.*\) /s, '')
      .split(' ')
    if (stat.length < 2 || stat[0] === 'Z') return []
    return [{ ...identify(pid), parent: Number(stat[1]), command: read(pid, 'cmdline').replaceAll('\0', ' ').trim() }]
  })
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

function link(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}
