import { z } from 'zod'
import type { SentryOptions } from '../../observability/index.ts'
import { version } from '../version.ts'

type ReportTo = Omit<SentryOptions, 'service'>

/** Who is told what happened in the product; nothing of it is loaded without an address. */
export type TelemetryConfig = {
  /** Where spans go (OTLP over HTTP); none are made without. */
  otlpEndpoint: string | undefined
  sentry: ReportTo | undefined
  /** Given to browsers, which report there themselves. */
  browserSentry: ReportTo | undefined
  /** Where Prometheus asks without a sign-in. */
  metricsAddress: { host: string; port: number } | undefined
}

const text = z
  .string()
  .trim()
  .transform((value) => value || undefined)
  .optional()
const dsn = text.pipe(z.url('must be the address that Sentry gave you').optional())

export const telemetryVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: text.pipe(
    z.url({ protocol: /^https?$/, error: "must be the collector's address, such as http://localhost:4318" }).optional(),
  ),
  SENTRY_DSN: dsn,
  SENTRY_BROWSER_DSN: dsn,
  SENTRY_ENVIRONMENT: text,
  SENTRY_RELEASE: text,
  INDAG_METRICS_ADDRESS: text.pipe(
    z
      .string()
      .regex(
        /^(\[[0-9a-f:.]+\]|[^:\s/]+):\d{1,5}$/i,
        'must be host:port, such as 127.0.0.1:9464 (port 0 for any free one)',
      )
      .optional(),
  ),
}

type Variables = { [K in keyof typeof telemetryVariables]?: string | undefined }

export function telemetryConfig(vars: Variables): TelemetryConfig {
  const told = {
    environment: vars.SENTRY_ENVIRONMENT ?? 'production',
    release: vars.SENTRY_RELEASE ?? `indag@${version}`,
  }
  return {
    otlpEndpoint: vars.OTEL_EXPORTER_OTLP_ENDPOINT,
    sentry: vars.SENTRY_DSN ? { dsn: vars.SENTRY_DSN, ...told } : undefined,
    browserSentry: vars.SENTRY_BROWSER_DSN ? { dsn: vars.SENTRY_BROWSER_DSN, ...told } : undefined,
    metricsAddress: vars.INDAG_METRICS_ADDRESS ? hostAndPort(vars.INDAG_METRICS_ADDRESS) : undefined,
  }
}

function hostAndPort(address: string): { host: string; port: number } {
  const at = address.lastIndexOf(':')
  return { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) }
}
