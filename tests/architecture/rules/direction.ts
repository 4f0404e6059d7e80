import { scanImports, type Import } from '../scan-imports.ts'
import { isCode, type SourceFile } from '../source-files.ts'

/** The level table of ARCHITECTURE.md. A module imports what stands strictly lower. */
const LEVELS: Record<string, number> = {
  foundation: 0,
  observability: 1,
  indicators: 1,
  identity: 2,
  tasks: 3,
  'runner-pool': 3,
  sources: 4,
  inventory: 4,
  enrichment: 5,
  collection: 5,
  ingest: 6,
  deployment: 5,
  app: 7,
}

/** What each area may import besides its own files, packages of npm and node's own modules. */
export function checkDirection(files: SourceFile[]): string[] {
  return files
    .filter((file) => isCode(file.path) && !file.path.startsWith('tests/'))
    .flatMap((file) =>
      scanImports(file).flatMap((found) => {
        const problem = judge(file.path, found)
        return problem === null ? [] : [`${file.path} imports ${found.specifier}: ${problem}`]
      }),
    )
}

function judge(path: string, found: Import): string | null {
  const area = path.split('/')[0]
  if (area === 'backend') return judgeBackend(path, found)
  if (area === 'runners') return judgeRunner(path, found)
  if (area === 'catalog') return 'the catalog imports nothing'
  if (area === 'frontend' || area === 'cli') return judgeClient(area, path, found)
  if (area === 'scripts') return judgeScript(found)
  return `${area} is no area of the repository`
}

function judgeBackend(path: string, found: Import): string | null {
  if (!found.relative)
    return isOurPackage(found) && !isProto(found) ? 'of our packages the backend uses only @indag/proto' : null
  const from = moduleOf(path)
  const to = moduleOf(found.target)
  if (!found.target.startsWith('backend/')) return 'the backend imports only itself'
  if (from === to) return null
  const [fromLevel, toLevel] = [LEVELS[from], LEVELS[to]]
  if (fromLevel === undefined) return `"${from}" is not in the table of levels`
  if (toLevel === undefined) return `"${to}" is not in the table of levels`
  if (toLevel >= fromLevel)
    return `imports run downhill, and ${to} (level ${toLevel}) is not below ${from} (level ${fromLevel})`
  return found.target === `backend/${to}/index.ts`
    ? null
    : `another module is entered by its door, backend/${to}/index.ts`
}

/** `backend/main.ts` belongs to the top. */
function moduleOf(path: string): string {
  const parts = path.split('/')
  return parts.length > 2 ? (parts[1] ?? '') : 'app'
}

function judgeRunner(path: string, found: Import): string | null {
  const own = path.split('/').slice(0, 2).join('/')
  if (own === 'runners/conformance') return judgeConformance(found)
  if (found.relative) {
    const allowed = found.target.startsWith(`${own}/`) || found.target.startsWith('runners/contract/')
    return allowed ? null : 'a runner imports only itself and runners/contract'
  }
  if (!isOurPackage(found) || isProto(found)) return null
  if (/^@indag\/runner-contract(\/|$)/.test(found.specifier) && own !== 'runners/contract') return null
  return 'of our packages a runner uses only @indag/proto and @indag/runner-contract'
}

/** It judges our runners like any other: by the contract alone, with nothing of theirs. */
function judgeConformance(found: Import): string | null {
  if (found.relative)
    return found.target.startsWith('runners/conformance/') ? null : 'the conformance suite imports only itself'
  return isOurPackage(found) && !isProto(found) ? 'of our packages the conformance suite uses only @indag/proto' : null
}

function judgeClient(area: string, path: string, found: Import): string | null {
  if (found.relative) {
    if (found.target.startsWith(`${area}/`)) return null
    const verifies = path.startsWith('cli/commands/runners/') && found.target === 'runners/conformance/index.ts'
    return verifies ? null : `${area} imports only itself`
  }
  if (!isOurPackage(found)) return null
  if (found.specifier !== '@indag/backend/api') return `of our packages ${area} uses only @indag/backend/api`
  return found.typeOnly ? null : `${area} may use only the type of @indag/backend/api ("import type")`
}

function judgeScript(found: Import): string | null {
  const allowed = !found.relative
    ? !isOurPackage(found)
    : found.target.startsWith('scripts/') || found.target === 'backend/foundation/index.ts'
  return allowed ? null : 'scripts import only themselves and the door of backend/foundation'
}

function isOurPackage(found: Import): boolean {
  return /^(@indag\/|indag$|indag\/)/.test(found.specifier)
}

function isProto(found: Import): boolean {
  return found.specifier.startsWith('@indag/proto/')
}
