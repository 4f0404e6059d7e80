import { spawnSync } from 'node:child_process'
import { delimiter, join, resolve } from 'node:path'

export const repository = resolve(import.meta.dirname, '..')

/** `note`: said when it passed, too. */
export type ToolResult = { ok: boolean; output: string; note?: string }

/** Runs a program of node_modules/.bin to its end; it finds its plugins there too, whoever started us. */
export function runTool(name: string, args: string[], cwd = repository): ToolResult {
  const programs = join(repository, 'node_modules/.bin')
  const env = { ...process.env, PATH: programs + delimiter + (process.env['PATH'] ?? '') }
  const result = spawnSync(join(programs, name), args, { cwd, env, encoding: 'utf8', maxBuffer: 64_000_000 })
  return {
    ok: result.status === 0,
    output: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`,
  }
}
