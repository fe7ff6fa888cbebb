// Counts the attempts of all rows: the last line of `npm run attacks`.
import type { Reporter, TestModule } from 'vitest/node'

export class AttackReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    let [tried, accepted, rows, failed] = [0, 0, 0, 0]
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const meta = test.meta()
        if (meta.tried === undefined) continue
        rows += 1
        tried += meta.tried
        accepted += meta.accepted ?? 0
        if (test.result().state === 'failed') failed += 1
      }
    }
    console.log(`\n${rows} rows of the catalogue, ${failed} of them failed`)
    console.log(`${tried} tried, ${accepted} accepted`)
  }
}
