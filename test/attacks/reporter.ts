// Counts the rows of docs/attacks.md (tests with their id in the title, such as S-001 or X-01) and the attempts that they made:
// the last line of `npm run attacks`.
import type { Reporter, TestCase, TestModule } from 'vitest/node'

const rowId = /\b(?:[SOCWR]-\d{3}|X-\d{2})\b/

export class AttackReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const rows = tests.filter((test) => rowId.test(test.fullName) && test.result().state !== 'skipped')
    if (rows.length === 0) return
    const ids = new Set(rows.map(({ fullName }) => rowId.exec(fullName)?.[0]))
    const tried = rows.reduce((sum, test) => sum + (test.meta().tried ?? 1), 0)
    const accepted = rows.reduce((sum, test) => sum + acceptedBy(test), 0)
    console.log(`\n${ids.size} rows of the attack catalogue\n${tried} tried, ${accepted} accepted`)
  }
}

/** A row that does not count its attempts is one. What failed for another reason counts as accepted, until it is looked at. */
function acceptedBy(test: TestCase): number {
  const { accepted = 0 } = test.meta()
  return test.result().state === 'failed' ? Math.max(1, accepted) : accepted
}
