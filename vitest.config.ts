import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { AttackReporter } from './test/attacks/reporter.ts'
import { testsWithoutChromium } from './test/support/chromium.ts'
import { SlowestFirst } from './test/support/slowest-first.ts'

export default defineConfig({
  test: {
    sequence: { sequencer: SlowestFirst },
    include: [
      'test/**/*.test.ts',
      'src/**/*.test.ts',
      'sandbox/**/*.test.ts',
      'conformance/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', ...testsWithoutChromium()],
    globalSetup: ['test/support/cluster.ts'],
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // A worker reads the product once, not once for each file: two thirds of what a small file takes. What a file changes outside
    // of its database it puts back.
    isolate: false,
    // Much of the time is spent waiting for PostgreSQL and Chromium: on two cores, three take an eighth less than two.
    maxWorkers: availableParallelism() + 1,
    reporters: ['default', new AttackReporter()],
    coverage: { provider: 'v8', include: ['src/**/*.{ts,tsx}'], reporter: ['text-summary', 'json-summary'] },
  },
})
