import { scanImports } from '../scan-imports.ts'
import { isCode, type SourceFile } from '../source-files.ts'

/** Import cycles among files, each once, as "a → b → a". A type-only import loads nothing and closes no cycle. */
export function checkCycles(files: SourceFile[]): string[] {
  const graph = new Map(files.filter((file) => isCode(file.path)).map((file) => [file.path, loadedBy(file)]))
  const cycles: string[] = []
  const done = new Set<string>()
  const visit = (path: string, way: string[]) => {
    const start = way.indexOf(path)
    if (start >= 0) return void cycles.push([...way.slice(start), path].join(' → '))
    if (done.has(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...way, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return cycles
}

function loadedBy(file: SourceFile): string[] {
  return scanImports(file)
    .filter((found) => found.relative && !found.typeOnly)
    .map((found) => found.target)
}
