/**
 * `npm run verify`: everything that can be checked without running the program, each check by itself.
 * With names (`node scripts/verify.ts types lint`) only those. Prints one line per check; fails when one does.
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkDependencies } from './dependencies/index.ts'
import { compareFolders, generate } from './generated/index.ts'
import { repository, runTool, type ToolResult } from './run-tool.ts'

const checks: Record<string, () => Promise<ToolResult> | ToolResult> = {
  types: () => runTool('tsc', ['-p', 'tsconfig.json']),
  'types of the frontend': () => runTool('tsc', ['-p', 'frontend/tsconfig.json']),
  lint: () => runTool('oxlint', ['--type-aware', '--deny-warnings']),
  format: () => runTool('oxfmt', ['--check']),
  'unused code': () => runTool('knip', []),
  'generated code': checkGenerated,
  dependencies: checkDependencies,
}

async function checkGenerated(): Promise<ToolResult> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'indag-verify-')))
  try {
    const paths = await generate(folder)
    const differences = (await Promise.all(paths.map((path) => compareFolders(folder, repository, path)))).flat()
    return {
      ok: differences.length === 0,
      output: [...differences, 'Run "npm run generate" and commit what it writes.'].join('\n'),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function main(names: string[]): Promise<void> {
  const unknown = names.filter((name) => !(name in checks))
  if (unknown.length > 0)
    throw new Error(`Unknown check: ${unknown.join(', ')}. There are: ${Object.keys(checks).join(', ')}.`)
  for (const [name, check] of Object.entries(checks)) {
    if (names.length > 0 && !names.includes(name)) continue
    const startedAt = performance.now()
    const { ok, output, note } = await check()
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.log(`${ok ? 'passed' : 'FAILED'}  ${name} (${seconds} s)${note ? `: ${note}` : ''}`)
    if (ok) continue
    console.log(output.trim())
    process.exitCode = 1
  }
}

await main(process.argv.slice(2))
