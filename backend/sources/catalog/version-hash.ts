import { createHash } from 'node:crypto'

/** The content hash of a source version, as runner.proto defines it; runners check it. `requirements` are sorted. */
export function versionHash(language: string, requirements: readonly string[], code: string): string {
  return createHash('sha256')
    .update(`${language}\n${requirements.join(',')}\n${code}`)
    .digest('hex')
}
