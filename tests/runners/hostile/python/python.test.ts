import { letLoose } from '../let-loose.ts'
import { cpu } from './cpu.ts'
import { egress } from './egress.ts'
import { errors } from './errors.ts'
import { framesOnThePipe } from './frames.ts'
import { introspection } from './introspection.ts'
import { kernelCalls } from './kernel.ts'
import { memory } from './memory.ts'
import { NEIGHBOUR_CODE, patiently } from './module.ts'
import { network } from './network.ts'
import { output } from './output.ts'
import { parsing } from './parsing.ts'
import { state } from './state.ts'
import { system } from './system.ts'

const MB = 1024 * 1024
const families = {
  ...{ cpu, memory, output, errors, introspection, system, kernelCalls },
  ...{ network, egress, framesOnThePipe, state, parsing },
}
// The last worker of each version rests for half a minute before it ends.
letLoose(
  { language: 'python', neighbourCode: NEIGHBOUR_CODE },
  Object.fromEntries(Object.entries(families).map(([name, attacks]) => [name, attacks.map(patiently)])),
  { processes: 400, threads: 40, runnerBytes: 400 * MB, childBytes: 400 * MB },
)
