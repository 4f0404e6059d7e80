import { isCode, type SourceFile } from '../source-files.ts'

const ENVIRONMENT_READERS = new Set([
  'backend/app/config/env.ts',
  'runners/contract/env.ts',
  'cli/env.ts',
  'scripts/start/settings.ts',
  // Plain JavaScript that runs before anything is installed, and the passing on of PATH to build tools.
  'scripts/ensure-deps.mjs',
  'scripts/link-runtime.mjs',
  'scripts/run-tool.ts',
])

/** The environment is read in one file per program. (The web page has none.) */
export function checkEnvironment(files: SourceFile[]): string[] {
  return files
    .filter(({ path, text }) => isProgram(path) && !ENVIRONMENT_READERS.has(path) && readsEnvironment(text))
    .map(({ path }) => `${path} reads the environment: only ${path.split('/')[0]}'s env file may`)
}

function readsEnvironment(text: string): boolean {
  return /\bprocess\s*(\?\.|\.)\s*env\b|\bprocess\s*\[\s*['"]env|\{[^}]*\benv\b[^}]*\}\s*from\s*['"](node:)?process['"]/.test(
    withoutComments(text),
  )
}

/** SQL is written in a module's store, in the migrations and in foundation/postgres. */
export function checkSql(files: SourceFile[]): string[] {
  return files
    .filter(({ path, text }) => path.startsWith('backend/') && isCode(path) && !mayHoldSql(path) && hasSql(text))
    .map(({ path }) => `${path} holds SQL: move it to the module's store.ts or store/`)
}

function mayHoldSql(path: string): boolean {
  return /\/store\.ts$|\/store\//.test(path) || path.startsWith('backend/foundation/postgres/')
}

/** A template tagged `sql`, any tagged template that begins like a statement, or unchecked text. */
function hasSql(text: string): boolean {
  const code = withoutComments(text)
  const statement =
    /\b(?!return\b|await\b)\w+(<[^`;]*>)?`\s*(select|insert\s+into|update|delete\s+from|with|create|alter|drop|truncate|listen|notify|lock)\b/i
  return /\bsql(<[^`;]*>)?`/.test(code) || statement.test(code) || /\.unsafe\s*\(/.test(code)
}

function isProgram(path: string): boolean {
  return isCode(path) && /^(backend|runners|cli|scripts)\//.test(path)
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/[^\n]*|(?<=\s)\/\/ [^\n]*/gm, '')
}
