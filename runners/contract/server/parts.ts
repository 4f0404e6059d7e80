import type { Engine } from './calls/run-call.ts'
import type { Versions } from './versions.ts'

/** Who this runner is; the instance changes with every start. */
export type Identity = { instanceId: string; runnerVersion: string }

/** What the handlers of the service work with. */
export type Service = { engine: Engine; versions: Versions; identity: Identity; token: string | undefined }
