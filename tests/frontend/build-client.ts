import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { CLIENT } from './fake/static-files.ts'

/** Builds the client once before the browser tests, apart from frontend/dist, which a product may be serving. */
export default async function setup() {
  const root = fileURLToPath(new URL('../../frontend', import.meta.url))
  await build({ root, configFile: `${root}/vite.config.ts`, logLevel: 'warn', build: { outDir: CLIENT } })
}
