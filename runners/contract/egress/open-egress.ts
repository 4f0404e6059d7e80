import type { Credential, OutgoingCall } from '@indag/proto/runner/v1/runner.ts'
import type { CallLimits, FetchRequest, FetchResponse, HostAnswer } from '../executor.ts'

export type EgressOptions = { privateHosts: string[]; dnsServers: string[] }
/** What one call may reach. */
export type EgressCall = {
  hosts: string[]
  credentials: Credential[]
  limits: CallLimits
  deadlineMs: number
  onCall(call: OutgoingCall): void
}
export type OpenCall = {
  fetch(request: FetchRequest): Promise<HostAnswer<FetchResponse>>
  dns(name: string, type: string): Promise<HostAnswer<unknown[]>>
  /** The call is over: what is still under way is cut. */
  close(): void
}
export type Egress = { open(call: EgressCall): OpenCall; close(): Promise<void> }

export function openEgress(_options: EgressOptions): Egress {
  const refused = { ok: false as const, failure: { reason: 'egress-denied' as const, message: 'not written yet' } }
  return { open: () => ({ fetch: async () => refused, dns: async () => refused, close: () => {} }), close: async () => {} }
}
