import type { Check } from '../check.ts'
import { authentication } from './authentication.ts'
import { egress } from './egress.ts'
import { failures } from './failures.ts'
import { isolation } from './isolation.ts'
import { lifecycle } from './lifecycle.ts'
import { limits } from './limits.ts'
import { messages } from './messages.ts'
import { receive } from './receive.ts'
import { results } from './results.ts'
import { selfDescription } from './self-description.ts'
import { streams } from './streams.ts'
import { versions } from './versions.ts'

/** Everything that the contract promises, in the order in which it is looked at. */
export const allChecks: readonly Check[] = [
  ...selfDescription,
  ...authentication,
  ...versions,
  ...messages,
  ...results,
  ...failures,
  ...limits,
  ...lifecycle,
  ...isolation,
  ...egress,
  ...streams,
  ...receive,
]
