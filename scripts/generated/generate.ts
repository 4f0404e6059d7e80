import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { generateProto } from './proto.ts'
import { readMigratedSchema } from './migrated-schema.ts'

/** Writes every generated file below `target`, at the path it has in the repository. Returns those paths (a folder stands for all in it). */
export async function generate(target: string): Promise<string[]> {
  generateProto(join(target, 'proto'))
  const schema = 'backend/migrations/schema.sql'
  await mkdir(dirname(join(target, schema)), { recursive: true })
  await writeFile(join(target, schema), await readMigratedSchema())
  return ['proto/generated', schema]
}
