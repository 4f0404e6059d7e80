import { existsSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { CHROMIUM } from './frontend/browser.ts'

const found = existsSync(CHROMIUM)
// Silence would read as success: in CI a missing browser is a failure, elsewhere it is said loudly.
if (!found && process.env['CI'])
  throw new Error(`The browser tests need Chromium at ${CHROMIUM}: apt-get install chromium`)
if (!found)
  console.warn(`\nSKIPPED: all browser tests. There is no Chromium at ${CHROMIUM} (apt-get install chromium).\n`)

/** The tests that drive a real browser; `npm run test:browser`. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: found ? ['frontend/**/*.browser.ts'] : [],
    passWithNoTests: !found,
    globalSetup: ['support/postgres-server.ts', 'frontend/build-client.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // Each file starts a product and a browser; two cores carry one pair at a time.
    fileParallelism: false,
  },
})
