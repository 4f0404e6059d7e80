import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

export type PackageIndex = {
  url: string
  /** Paths, in the order in which they were asked for. */
  requests: string[]
  /** From now on wheels are asked for and never come; gives those that wait. */
  hang(): ServerResponse[]
  close(): void
}

/** A "simple" package index on loopback with one package of one wheel for each name. */
export async function startPackageIndex(packages: Record<string, string>): Promise<PackageIndex> {
  const folder = mkdtempSync('/tmp/indag-index-')
  for (const [name, code] of Object.entries(packages)) makeWheel(folder, name, code)
  const requests: string[] = []
  const waiting: ServerResponse[] = []
  let hangs = false
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    requests.push(path)
    const file = readdirSync(folder).find((each) => path === `/files/${each}`)
    if (file && hangs) return void waiting.push(response)
    if (file) return response.end(readFileSync(join(folder, file)))
    const name = /^\/simple\/([\w.-]+)\/$/.exec(path)?.[1]?.replaceAll('-', '_')
    const links = readdirSync(folder).filter((each) => each.startsWith(`${name}-`))
    if (links.length === 0) return response.writeHead(404).end()
    response.setHeader('content-type', 'text/html')
    return response.end(links.map((each) => `<a href="/files/${each}">${each}</a>`).join(''))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }
  const hang = () => {
    hangs = true
    return waiting
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple/`, requests, hang, close }
}

/** A wheel is a zip with three files of metadata; pip installs it with no network. */
export function makeWheel(into: string, name: string, code: string): void {
  const script = `
import sys, zipfile
folder, name, code = sys.argv[1:]
info = f"{name}-1.0.dist-info"
with zipfile.ZipFile(f"{folder}/{name}-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr(f"{name}.py", code)
    wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", f"{name}.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n")
`
  execFileSync('python3', ['-c', script, into, name, code])
}
