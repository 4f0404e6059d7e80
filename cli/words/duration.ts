import { usageError } from '../exit.ts'

const unitMs: Record<string, number> = { '': 1_000, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `30`, `30s`, `5m`, `12h`, `90d` in milliseconds; a bare number is seconds. */
export function durationMs(text: string, option: string): number {
  const [, amount, unit = ''] = /^(\d{1,6})([smhd]?)$/.exec(text.trim()) ?? []
  if (amount === undefined || Number(amount) === 0) {
    throw usageError(`${option} ${text}: not a length of time.`, `${option} 30s, 5m, 12h or 90d`)
  }
  return Number(amount) * (unitMs[unit] ?? 0)
}
