import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { boxCommand } from './box-command.ts'
import { newReport } from './sandbox-report.ts'
import type { Interpreter, SandboxReport } from './sandbox-report.ts'

/** What launcher/probe.py answers; a reason is null when the layer works. */
type Machine = Interpreter & {
  root: boolean
  landlock: number
  seccomp: string | null
  rlimits: string | null
  uid: string | null
  namespaces: string | null
  bubblewrap: string | null
}

const launcher = fileURLToPath(new URL('./launcher/launch.py', import.meta.url))
const namespaceLayers = ['mountns', 'pidns', 'netns', 'ipcns', 'utsns']

/**
 * Finds out what this machine allows, by doing it: the best box is built around a small program, and a worse one tried when
 * that fails. Never throws: what is missing is said in `notes`.
 */
export async function probeSandbox(options: { python: string }): Promise<SandboxReport> {
  const machine = await probeMachine(options.python)
  if (!machine) return { level: 'process', layers: [], notes: [noPython(options.python)] }
  const notes = notesOn(machine)
  for (const candidate of candidates(machine)) {
    const report = newReport({ ...candidate, notes }, machine)
    const refusal = await refusalOf(report, machine, [])
    if (refusal === null) return report
    notes.push(`${candidate.level} (${candidate.layers.join(', ')}): ${refusal}`)
  }
  return newReport({ level: 'process', layers: [], notes }, machine)
}

type Candidate = { level: 'baseline' | 'namespaces'; layers: string[] }

/** Boxes to try, the best first. All need rlimits and seccomp; files are guarded by Landlock, by namespaces or by both. */
function candidates(machine: Machine): Candidate[] {
  if (machine.seccomp !== null || machine.rlimits !== null) return []
  const uid = machine.root && machine.uid === null ? ['uid'] : []
  const landlock = machine.landlock > 0 ? ['landlock'] : []
  const inner = ['no-new-privileges', ...landlock, 'seccomp', 'rlimits']
  const world = machine.root ? namespaceLayers : ['userns', ...namespaceLayers]
  // Without Landlock a root folder of its own guards the files as well; it is then no more than the baseline.
  const level = landlock.length ? 'namespaces' : 'baseline'
  const boxes: Candidate[] = []
  if (machine.namespaces === null) boxes.push({ level, layers: [...world, ...uid, ...inner] })
  else if (machine.bubblewrap === null) boxes.push({ level, layers: ['bubblewrap', ...world, ...inner] })
  if (landlock.length) boxes.push({ level: 'baseline', layers: [...uid, ...inner] })
  return boxes
}

function notesOn(machine: Machine): string[] {
  const notes: string[] = []
  if (machine.seccomp !== null)
    notes.push(`seccomp is refused (${machine.seccomp}): kernels since 3.17 on x86_64 and arm64 have it`)
  if (machine.rlimits !== null) notes.push(`rlimits cannot be set (${machine.rlimits})`)
  if (!machine.landlock) notes.push('Landlock is off: a kernel since 5.13 with landlock in its "lsm" list has it')
  if (machine.namespaces !== null)
    notes.push(
      `Own namespaces are refused (${machine.namespaces})${machine.bubblewrap ? ': installing bubblewrap may bring them' : ''}`,
    )
  if (machine.root && machine.uid !== null) notes.push(`A uid of its own is refused (${machine.uid})`)
  return notes
}

function noPython(python: string): string {
  return `${python} does not start (Python 3.9 or later boxes the children): install python3 or name one in INDAG_RUNNER_PYTHON`
}

async function probeMachine(python: string): Promise<Machine | undefined> {
  if (process.platform !== 'linux') return undefined
  for (const each of new Set([python, '/usr/bin/python3'])) {
    const probed = await run(each, ['-I', '-S', launcher, 'probe'])
    if (probed.ok) return JSON.parse(probed.stdout) as Machine
  }
  return undefined
}

/** null when a small program answers from within the box, in the groups with these `cgroup.procs`; else the reason. */
export async function refusalOf(
  report: SandboxReport,
  machine: Interpreter,
  cgroups: string[],
): Promise<string | null> {
  const boxed = boxCommand(report, machine.executable, ['-I', '-S', '-c', 'print("boxed")'], {
    cgroups,
    readOnlyPaths: machine.libraries,
    jit: false,
    openFiles: 64,
    processes: 16,
    fileSizeBytes: 0,
    keepFds: [],
  })
  const ran = await run(boxed.command, boxed.args, {})
  return ran.ok && ran.stdout.trim() === 'boxed' ? null : ran.stderr.trim().slice(-300) || 'it does not start'
}

type Ran = { ok: boolean; stdout: string; stderr: string }

function run(command: string, args: string[], env?: Record<string, string>): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { timeout: 20_000, killSignal: 'SIGKILL' as const, ...(env ? { env } : {}) }
    execFile(command, args, options, (error, stdout, stderr) => resolve({ ok: !error, stdout, stderr }))
  })
}
