import { openCgroups } from './cgroups.ts'
import type { Cgroups } from './cgroups.ts'
import { refusalOf } from './probe-sandbox.ts'
import { interpreterOf } from './sandbox-report.ts'
import type { SandboxReport } from './sandbox-report.ts'

const PROBE_PROCESSES = 16
const PROBE_BYTES = 256 * 1024 * 1024

/**
 * Control groups for the children, when a box can really be started in one; adds the layer "cgroup" to the report, or a note that says what
 * would bring it. Never throws.
 */
export async function openChildGroups(report: SandboxReport): Promise<Cgroups | undefined> {
  const interpreter = interpreterOf(report)
  if (!interpreter || report.layers.length === 0) return undefined
  const opened = openCgroups()
  if (typeof opened === 'string') return without(report, opened)
  const group = opened.add(PROBE_PROCESSES)
  group?.limitMemory(PROBE_BYTES)
  const refusal = group ? await refusalOf(report, interpreter, group.procs) : 'no group can be made'
  group?.remove()
  if (refusal !== null) {
    await opened.close()
    return without(report, refusal)
  }
  report.layers.push('cgroup')
  return opened
}

function without(report: SandboxReport, why: string): undefined {
  report.notes.push(`No control groups (${why}): memory is bounded by polling, burning code by its priority`)
}
