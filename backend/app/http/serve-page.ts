import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { Hono, type Context } from 'hono'
import { guard } from '../../identity/index.ts'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json',
}

const notBuilt =
  '<!doctype html><title>Indag</title><p>The web page is not built: run <code>npm start</code>, or <code>npm run build</code>.</p>'

/** The built web client: hashed assets for ever, the page itself fresh each time, and the page for every address of its own. */
export function servePage(dir: string): Hono {
  const routes = new Hono()
  const root = normalize(dir)
  const indexPath = join(root, 'index.html')
  let index: Buffer | null = null

  async function serve(c: Context): Promise<Response> {
    const path = normalize(join(root, decodePath(c.req.path)))
    const extension = extname(path)
    if (extension && path.startsWith(root + sep) && types[extension]) {
      const bytes = await readFile(path).catch(() => null)
      if (bytes) {
        const hashed = c.req.path.startsWith('/assets/')
        c.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
        return c.body(new Uint8Array(bytes), 200, { 'content-type': types[extension] })
      }
      if (c.req.path.startsWith('/assets/')) return c.notFound()
    }
    if (!existsSync(indexPath)) return c.html(notBuilt)
    index ??= readFileSync(indexPath)
    c.header('cache-control', 'no-cache')
    return c.body(new Uint8Array(index), 200, { 'content-type': types['.html']! })
  }

  routes.get('*', guard('public'), serve)
  return routes
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path).replaceAll('\0', '')
  } catch {
    return '/'
  }
}
