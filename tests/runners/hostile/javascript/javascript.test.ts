import { letLoose } from '../let-loose.ts'
import { compile } from './compile.ts'
import { cpu } from './cpu.ts'
import { egress } from './egress.ts'
import { errors } from './errors.ts'
import { escape } from './escape.ts'
import { hooks } from './hooks.ts'
import { memory } from './memory.ts'
import { NEIGHBOUR_CODE } from './neighbour-code.ts'
import { numbers } from './numbers.ts'
import { output } from './output.ts'
import { state } from './state.ts'

const MB = 1024 * 1024
letLoose(
  { language: 'javascript', neighbourCode: NEIGHBOUR_CODE },
  { cpu, memory, output, errors, escape, egress, state, numbers, hooks, compile },
  // Eighteen children of three processes each, at most, and the runner. A child may keep 6 MB for each of its up to 50 versions, the 32 MB of
  // a call and 96 MB, and has 75 MB when it is new.
  { processes: 55, threads: 40, runnerBytes: 400 * MB, childBytes: 503 * MB },
)
