import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { parseSettings } from '../../scripts/start/settings.ts'
import { buildPage, isPageStale } from '../../scripts/start/web-page.ts'
import { CLIENT } from './fake/static-files.ts'

/** Builds the client before the browser tests: for the fake backend apart, for the product where `npm start` puts it. */
export default async function setup() {
  const root = fileURLToPath(new URL('../../frontend', import.meta.url))
  await build({ root, configFile: `${root}/vite.config.ts`, logLevel: 'error', build: { outDir: CLIENT } })
  const read = parseSettings(process.env)
  if ('errors' in read) throw new Error(`The environment is not usable: ${JSON.stringify(read.errors)}`)
  if (isPageStale()) await buildPage(read.settings, () => {}, new AbortController().signal)
}
