import { toProblem } from '../../../foundation/index.ts'
import { asAppError, type OpenIdProblem } from '../problem.ts'

/** A problem as pages show it: its title is that of its code. */
export function viewProblem(problem: OpenIdProblem) {
  const { code, detail, fix } = problem
  return { code, title: toProblem(asAppError(problem)).title, detail, fix }
}
