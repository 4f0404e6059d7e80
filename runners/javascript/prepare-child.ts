import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { dirname, join, parse } from 'node:path'
import { fileURLToPath } from 'node:url'

export type ChildProgram = {
  directory: string
  main: string
  isolatedVm: string
  isolatedVmDirectories: string[]
}

const HERE = dirname(fileURLToPath(import.meta.url))
const CONTRACT = dirname(fileURLToPath(import.meta.resolve('@indag/runner-contract')))
/** In this order they make one script: each may use what stands above it. */
const KIT = ['errors', 'encoding', 'punycode', 'url', 'structured-clone', 'response', 'timers', 'calls', 'lockdown']

/**
 * Writes the child program as plain JavaScript into a folder of its own, below this run's. A child that stripped types itself would start 40 ms later and
 * take 17 MB more, and the box should hold nothing but these few files.
 */
export function prepareChild(runFolder: string): ChildProgram {
  const directory = join(runFolder, 'child')
  mkdirSync(directory)
  chmodSync(directory, 0o755)
  const put = (name: string, text: string) => writeFileSync(join(directory, name), text, { mode: 0o644 })
  put('package.json', '{"type":"module"}')
  for (const { name } of readdirSync(join(HERE, 'child')).map(parse))
    put(`${name}.js`, strip(join(HERE, 'child', `${name}.ts`)))
  put('frames.js', strip(join(CONTRACT, 'children', 'frames.ts')))
  put('kit.js', readKit())
  const isolatedVm = createRequire(import.meta.url).resolve('isolated-vm')
  return {
    directory,
    main: join(directory, 'main.js'),
    isolatedVm,
    isolatedVmDirectories: [dirname(isolatedVm), dirname(createRequire(isolatedVm).resolve('node-gyp-build'))],
  }
}

function strip(path: string): string {
  return stripTypeScriptTypes(readFileSync(path, 'utf8'))
    .replaceAll("'@indag/runner-contract'", "'./frames.js'")
    .replaceAll(/from '\.\/([a-z-]+)\.ts'/g, "from './$1.js'")
}

/** The kit's parts in one strict function scope. `;0` at the end: a function as a script's value would keep the context alive. */
function readKit(): string {
  const parts = KIT.map((name) => compiledAhead(readFileSync(join(HERE, 'kit', `${name}.js`), 'utf8')))
  const entries = 'globalThis.__kit = { start, take, settle, cancel, ring, adopt, lockDown }'
  return `(() => { 'use strict'; const post = globalThis.__post\n${parts.join('\n')}\n${entries} })();0`
}

/**
 * V8 compiles a function when it is first called, in each isolate anew, unless it stands in parentheses: then with the script, and what it made of
 * that is cached (isolates.ts). It saves 0.35 ms of an isolate's start and of its first call.
 */
function compiledAhead(text: string): string {
  return text.replaceAll(
    /^const (\w+) = (async )?\((.*)\) => \{\n([\s\S]*?)\n\}$/gm,
    (_, name: string, async = '', parameters: string, body: string) =>
      `const ${name} = (${async}(${parameters}) => {\n${body}\n})`,
  )
}
