import type { RunnerEnv } from './env.ts'

export type Log = Record<
  'debug' | 'info' | 'warn' | 'error',
  (message: string, fields?: Record<string, unknown>) => void
>

const ORDER = ['debug', 'info', 'warn', 'error'] as const

/** JSON lines on stderr: { time, level, message, ... }. stdout is kept for the ready line. */
export function openLog(level: RunnerEnv['logLevel'], bound: Record<string, unknown> = {}): Log {
  const least = ORDER.indexOf(level)
  const writer = (name: (typeof ORDER)[number]) => {
    if (ORDER.indexOf(name) < least) return () => {}
    return (message: string, fields?: Record<string, unknown>) => {
      process.stderr.write(
        `${JSON.stringify({ time: new Date().toISOString(), level: name, message, ...bound, ...fields })}\n`,
      )
    }
  }
  return { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') }
}
