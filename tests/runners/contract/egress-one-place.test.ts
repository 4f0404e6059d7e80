import { expect, it } from 'vitest'
import { scanImports } from '../../architecture/scan-imports.ts'
import { isCode, readSourceFiles } from '../../architecture/source-files.ts'

const NETWORK = /^(node:)?(net|http|https|http2|tls|dgram|dns|dns\/promises|inspector|undici|ws|axios|got|node-fetch)$/
const PYTHON_NETWORK =
  /^\s*(?:import|from)\s+(socket|ssl|http(?:\.\w+)*|urllib\.request|urllib3|ftplib|smtplib|telnetlib|asyncio|requests|httpx|aiohttp)\b/gm
const EGRESS = 'runners/contract/egress/'
/** Who else imports what could open a socket, and why it leads to no network. */
const OTHERS: Record<string, string> = {
  'runners/contract/run-folder.ts': 'the sign of life: a unix socket in the folder of the run',
  'runners/contract/telemetry/serve-metrics.ts': 'answers the operator; nothing of a source is in it',
  'runners/python/child/library/requests/status_codes.py': 'a table of statuses: nothing in it opens a socket',
  'runners/python/zygote/zygote.ts': "the unix socket on which the zygote's workers call back",
  'runners/javascript/child/main.ts': 'the inherited channel to the runner, a descriptor that is there',
  'runners/python/child/zygote.py': 'the same unix socket',
  'runners/python/child/worker.py': 'asyncio, for sources that are async: the box has no network',
  'runners/python/child/warm.py': 'the shim named requests',
  'runners/python/child/web_requests.py': 'replaces what would open a socket',
}

/** The programs that run sources; what else is in runners/ asks them from outside. */
const PROGRAMS = /^runners\/(contract|javascript|python)\//
const files = readSourceFiles().filter(({ path }) => PROGRAMS.test(path) && !path.startsWith(EGRESS))
const code = files.filter(({ path }) => isCode(path))
const python = files.filter(({ path }) => path.endsWith('.py'))

it('code of both languages is looked at', () => {
  expect(code.length).toBeGreaterThan(30)
  expect(python.length).toBeGreaterThan(3)
})

it('only the egress, and who is named here with the reason, imports what opens sockets', () => {
  const importers = code.filter((file) =>
    scanImports(file).some((each) => !each.typeOnly && NETWORK.test(each.specifier)),
  )
  const pythonImporters = python.filter(({ text }) => [...text.matchAll(PYTHON_NETWORK)].length > 0)
  const found = [...importers, ...pythonImporters].map(({ path }) => path)
  expect(found.filter((path) => !(path in OTHERS))).toEqual([])
})

it.each([
  ['the global fetch', /(?<![.\w])fetch\s*\((?!\w+: )/],
  ['a global that opens connections', /\bnew\s+(?:WebSocket|EventSource)\b/],
  ['a module by a name that was put together', /\bprocess\.(?:getBuiltinModule|binding)\b/],
])('nobody uses %s', (_what, pattern) => {
  // A kit is text for the isolate, which has no such global.
  const own = code.filter(({ path }) => !path.startsWith('runners/javascript/kit/'))
  const users = own.filter(({ text }) =>
    text.split('\n').some((line) => !/^\s*(\/\/|\/?\*)/.test(line) && pattern.test(line)),
  )
  expect(users.map(({ path }) => path)).toEqual([])
})

it('the door of the egress is the only way in', () => {
  const around = files.filter(({ path }) => isCode(path)).flatMap((file) => scanImports(file))
  const targets = around.map(({ target }) => target).filter((target) => target.startsWith(EGRESS))
  expect([...new Set(targets)]).toEqual([`${EGRESS}index.ts`])
})
