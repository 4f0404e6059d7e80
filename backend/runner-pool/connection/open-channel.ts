import { credentials, Metadata, type ChannelOptions } from '@grpc/grpc-js'
import { HealthClient } from '@indag/proto/grpc/health/v1/health.ts'
import { RunnerServiceClient } from '@indag/proto/runner/v1/runner.ts'
import { traceparent as activeTraceparent } from '../../observability/index.ts'
import type { TlsOptions } from '../runner-pool.ts'
import { ownSockets } from './own-sockets.ts'

const megabyte = 1024 * 1024
/** A runner on this machine is asked again so often that its return is seen at once; it costs a refused connection. */
const nearReconnectMs = 200
const farReconnectMs = 1_000

const options: ChannelOptions = {
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.max_receive_message_length': 64 * megabyte,
  'grpc.max_send_message_length': 64 * megabyte,
  // A peer that vanished without a word is noticed while a call runs, also by calls that may not be taken elsewhere.
  'grpc.keepalive_time_ms': 2_000,
  'grpc.keepalive_timeout_ms': 3_000,
  'grpc.service_config_disable_resolution': 1,
  // Pools of one process do not share connections: closing one leaves the others alone.
  'grpc.use_local_subchannel_pool': 1,
}

export type Channel = {
  runner: RunnerServiceClient
  health: HealthClient
  /** Takes no further call; those on the wire end in order. */
  close(): void
}

/** One connection to one runner, for calls and for health. It connects when first used. */
export function openChannel(address: string, tls: TlsOptions | undefined): Channel {
  const secured = tls ? credentials.createSsl(tls.ca, tls.key ?? null, tls.cert ?? null) : credentials.createInsecure()
  const reconnectMs = /^(unix:|127\.|localhost:|\[::1\])/.test(address) ? nearReconnectMs : farReconnectMs
  const runner = new RunnerServiceClient(address, ownSockets(secured), {
    ...options,
    'grpc.max_reconnect_backoff_ms': reconnectMs,
  })
  const health = new HealthClient(address, secured, { channelOverride: runner.getChannel() })
  return { runner, health, close: () => runner.close() }
}

/** What goes with each call: who we are, and the trace that it belongs to. */
export function callMetadata(token: string | undefined, traceparent: string | undefined): Metadata {
  const metadata = new Metadata()
  if (token) metadata.set('authorization', `Bearer ${token}`)
  const header = traceparent ?? activeTraceparent()
  if (header) metadata.set('traceparent', header)
  return metadata
}
