import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repository } from './source-files.ts'

const READERS = ['backend/app/config/env.ts', 'runners/contract/env.ts', 'cli/env.ts', 'scripts/start/settings.ts']
const NAME = /\b(?:INDAG_[A-Z_]+|OTEL_[A-Z_]+|DATABASE_URL|REDIS_URL|SENTRY_DSN)\b/g

function read(path: string): string {
  return readFileSync(join(repository, path), 'utf8')
}

describe('.env.example', () => {
  const listed = [...read('.env.example').matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1])

  it('lists every variable that the code reads, and no other', () => {
    const names = READERS.flatMap((path) => read(path).match(NAME) ?? [])
    expect([...listed].sort()).toEqual([...new Set(names)].sort())
  })

  it('lists each variable once', () => {
    expect(listed.filter((name, index) => listed.indexOf(name) !== index)).toEqual([])
  })
})
