import { resultSchema, type Result } from './result.ts'

/** Raw data beyond this is left out of what is kept: a page of JSON helps an analyst, a megabyte does not. */
const maxRawBytes = 256 * 1024

/** Deeper than any provider's answer; beyond some thousands neither JSON nor PostgreSQL can write it. */
const mostLevels = 100

export type ParsedResult = { ok: true; result: Result } | { ok: false; detail: string }

/** Reads what a plugin returned. Nothing in it is trusted; unknown fields are dropped, wrong ones are named. */
export function parseResult(json: Buffer): ParsedResult {
  let value: unknown
  try {
    value = JSON.parse(json.toString('utf8'))
  } catch (error) {
    return { ok: false, detail: `The result is not JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
  if (isDeeper(value, mostLevels))
    return { ok: false, detail: `The result is nested deeper than ${mostLevels} levels.` }
  const parsed = resultSchema.safeParse(dropNulls(value))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const path = issue?.path.map(String).join('.') ?? ''
    return {
      ok: false,
      detail: `The result's ${path ? `field ${path}` : 'shape'} is wrong: ${issue?.message ?? 'unknown'}`,
    }
  }
  const result = withoutHugeRaw(parsed.data, json.length)
  return { ok: true, result }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}

/** Both languages say "nothing" as null; for optional fields that means absent. */
function dropNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([key, field]) => field !== null || key === 'raw'))
}

function withoutHugeRaw(result: Result, sizeBytes: number): Result {
  if (sizeBytes <= maxRawBytes || result.raw === undefined) return result
  if (JSON.stringify(result.raw).length <= maxRawBytes) return result
  return { ...result, raw: { omitted: `The raw answer is larger than ${maxRawBytes / 1024} kB.` } }
}
