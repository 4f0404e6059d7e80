import { defineConfig } from 'vitest/config'

/** Programs that compete for processors with whatever else runs: each has the machine to itself. */
const alone = [
  'tests/runners/**',
  'tests/whole/**',
  'tests/backend/runner-pool/**',
  'tests/scripts/**',
  'tests/cli/**',
].map((folder) => `${folder}/*.test.{ts,tsx}`)

/** Everything but the browser tests, which have `tests/browser.config.ts`. */
export default defineConfig({
  test: {
    exclude: ['**/node_modules/**', 'tests/bench/**'],
    globalSetup: ['tests/support/postgres-server.ts'],
    pool: 'forks',
    // Real servers start in tests, two cores are the smallest machine that we promise: generous, never asserted.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    reporters: ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['tests/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', 'tests/bench/**', ...alone],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
})
