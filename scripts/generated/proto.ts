import { join } from 'node:path'
import { repository, runTool } from '../run-tool.ts'

/** Writes `generated/` below the folder: buf with ts-proto, all local. Throws with buf's words. */
export function generateProto(folder: string): void {
  const proto = join(repository, 'proto')
  run(['generate', '--output', folder], proto)
  run(
    [
      'build',
      '--as-file-descriptor-set',
      '--exclude-source-info',
      '--output',
      join(folder, 'generated/descriptors.binpb'),
    ],
    proto,
  )
}

function run(args: string[], proto: string): void {
  const { ok, output } = runTool('buf', args, proto)
  if (!ok) throw new Error(`buf ${args[0]} failed: ${output}`)
}
