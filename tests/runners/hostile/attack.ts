import type { AskedHook } from './ask-hook.ts'
import type { Context } from '../contract/ask.ts'

/** What an attack may come to: one of the contract's failures, or an answer that gives nothing away. */
export type Ending =
  | 'harmless'
  | 'timeout'
  | 'memory'
  | 'exception'
  | 'crashed'
  | 'output-too-large'
  | 'bad-result'
  | 'egress-denied'
  | 'host-unreachable'
  | 'syntax'
  | 'overloaded'
  | 'provider-error'
  | 'rate-limited'
  | 'failed test'

/**
 * One piece of hostile code and all that it may come to. It finds its targets in `ctx.config` (see Targets), and is asked about the value
 * "attack". It shows what it got by giving it back, logging, throwing, sending or writing it: the arena looks for that, not for its word.
 */
export type Attack = {
  name: string
  /** The whole module. */
  code: string
  ends: Ending[]
  /** What is called of it; without, fetchData. "test" runs it unsaved. */
  hook?: AskedHook
  /** A call of the same code in another trust domain, about the value "victim", with a secret and a config of its own. */
  victim?: 'before' | 'beside'
  /** Added to the arena's own: hosts that it may reach (PROVIDER and EAR become host:port and port), credentials, other limits. */
  context?: Context
}

/** What the config of every attack names: where the canaries are, and whom it could reach. Never what is in them. */
export type Targets = {
  /** Readable by everybody on the machine, outside of all that belongs to the runner. */
  outsideFile: string
  /** Beside the child's program, where the runner reads and writes. */
  runnerFile: string
  /** Writable by everybody. */
  openFolder: string
  /** The name that a file must have that it writes anywhere. */
  mark: string
  environmentName: string
  runnerPid: number
  /** Nobody may ever be heard here. */
  tcpPort: number
  udpPort: number
  unixPath: string
  abstractName: string
  /** `host:port` of a provider that an attack may reach when its context says so. */
  provider: string
}
