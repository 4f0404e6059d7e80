import type { Admission, Lane } from '../endpoints/lane.ts'
import { sayAbsent } from '../endpoints/view-runner.ts'
import type { CallFailure } from './call.ts'

/** Why a call found no place on a runner. `last`: the failure of a try before, which says more than "busy". */
export function notAdmitted(admission: Extract<Admission, { ok: false }>, lane: Lane, last?: CallFailure): CallFailure {
  switch (admission.why) {
    case 'cancelled':
      return { reason: 'cancelled', message: 'The call was cancelled.' }
    case 'busy':
      return last ?? { reason: 'overloaded', message: `All ${lane.language} runners were busy until the deadline.` }
    case 'absent':
      return { reason: 'runner-unavailable', message: sayAbsent(lane.language, lane.endpoints) }
  }
}
