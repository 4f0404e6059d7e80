import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname, join } from 'node:path'

/** Where the browser tests build the client to. */
export const CLIENT = join(import.meta.dirname, '../dist')
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

/** The policy that the product is served with: nothing inline, nothing from elsewhere. */
export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** The built client; every unknown path without an extension is the page itself. */
export async function serveStatic(path: string, response: ServerResponse) {
  const file = extname(path) && !path.includes('..') ? path : '/index.html'
  try {
    const content = await readFile(join(CLIENT, file))
    response.writeHead(200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': CSP,
    })
    response.end(content)
  } catch {
    response.writeHead(404).end()
  }
}
