import type { RunnerEnv } from './env.ts'

export type Log = Record<
  'debug' | 'info' | 'warn' | 'error',
  (message: string, fields?: Record<string, unknown>) => void
>

const ORDER = ['debug', 'info', 'warn', 'error'] as const
const SECRET_KEYS = /^(token|secrets?|password|authorization|cookie|credentials|api_?key)$/i
const SECRET_FORMS =
  /(\b(?:Bearer|Basic)\s+|\/\/[^/\s:@"]*:(?=[^/\s@"]+@)|[?&#](?:[\w-]*token|code|password|secret|(?:api_?)?key|auth)=)[^\s@&"'\\#]+|\bindag_[a-z0-9]{20,}/gi

/**
 * JSON lines on stderr in the shape of all of Indag's programs: { time, level, service, instance, ..., message }; a field `err` becomes
 * { type, message, stack }. What looks like a secret is taken out. stdout is kept for the ready line. `bound` is read at each line.
 */
export function openLog(level: RunnerEnv['logLevel'], bound: Record<string, unknown> = {}): Log {
  const least = ORDER.indexOf(level)
  const writer = (name: (typeof ORDER)[number]) => {
    if (ORDER.indexOf(name) < least) return () => {}
    return (message: string, fields?: Record<string, unknown>) => {
      const entry = { level: name, time: new Date().toISOString(), ...bound, ...fields, message }
      process.stderr.write(`${withoutSecrets(JSON.stringify(entry, shape))}\n`)
    }
  }
  return { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') }
}

export function withoutSecrets(text: string): string {
  return text.replace(SECRET_FORMS, (_whole, before?: string) => `${before ?? ''}[redacted]`)
}

function shape(key: string, value: unknown): unknown {
  if (value instanceof Error) return { type: value.name, message: value.message, stack: value.stack }
  if (key === 'err') return typeof value === 'object' ? value : { type: typeof value, message: JSON.stringify(value) }
  return SECRET_KEYS.test(key) ? '[redacted]' : value
}
