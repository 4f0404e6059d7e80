/** The door of the one audited place through which code reaches the network. */
export { openEgress } from './open-egress.ts'
export type { Egress, EgressOptions } from './open-egress.ts'
export type { EgressCall, OpenCall } from './open-call.ts'
