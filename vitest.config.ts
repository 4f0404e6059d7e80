import { defineConfig } from 'vitest/config'

/** Everything but the browser tests, which have `tests/browser.config.ts`. */
export default defineConfig({
  test: {
    include: ['tests/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', 'tests/frontend/browser/**', '**/*.browser.test.{ts,tsx}', 'tests/bench/**'],
    globalSetup: ['tests/support/postgres-server.ts'],
    pool: 'forks',
    // Real servers start in tests, two cores are the smallest machine that we promise: generous, never asserted.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    reporters: ['default'],
  },
})
