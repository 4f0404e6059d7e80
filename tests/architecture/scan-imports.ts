import { posix } from 'node:path'
import type { SourceFile } from './source-files.ts'

/** `target` is a path in the repository for a relative import, else the package's specifier. */
export type Import = { specifier: string; target: string; relative: boolean; typeOnly: boolean }

const IMPORT = /(?<=^|[;}\n])\s*import\b\s*(?:([\w$*{},\s]+?)\s*\bfrom\s*)?['"]([^'"\n]+)['"]/g
const EXPORT = /(?<=^|[;}\n])\s*export\s+((?:type\s*)?(?:\*(?:\s*as\s+[\w$]+)?|\{[^}]*\}))\s*from\s*['"]([^'"\n]+)['"]/g
const DYNAMIC = /\bimport\s*\(\s*['"`]([^'"`\n]+)['"`]/g
const COMMENT_OR_STRING = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\/\*[\s\S]*?\*\/|(?<![:\\/])\/\/[^\n]*/g

/** All imports and re-exports of a file, `import()` too. Commented-out code does not count. */
export function scanImports(file: SourceFile): Import[] {
  const text = file.text.replace(COMMENT_OR_STRING, (_whole, kept: string | undefined) => kept ?? '')
  const fixed = [...text.matchAll(IMPORT), ...text.matchAll(EXPORT)]
  const dynamic = [...text.matchAll(DYNAMIC)]
  return [
    ...fixed.map(([, clause = '', specifier = '']) => resolveImport(file, specifier, isTypeOnly(clause))),
    ...dynamic.map(([, specifier = '']) => resolveImport(file, specifier, false)),
  ]
}

/** Only `import type …`: of `import { type A }` type stripping leaves `import {}`, which loads the file. */
function isTypeOnly(clause: string): boolean {
  return /^type\s*[\w$*{]/.test(clause)
}

function resolveImport(file: SourceFile, specifier: string, typeOnly: boolean): Import {
  const relative = specifier.startsWith('.')
  const target = relative ? posix.join(posix.dirname(file.path), specifier) : specifier
  return { specifier, target, relative, typeOnly }
}
