/** The door of the one audited place through which code reaches the network. */
export { openEgress } from './open-egress.ts'
export type { Egress, EgressCall, EgressOptions } from './open-egress.ts'
