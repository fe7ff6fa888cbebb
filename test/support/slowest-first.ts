// The order of test files: those that take longest begin first, so that none of them is left to one worker at the end. Without times
// of an earlier run, as in a fresh clone, vitest goes by the size of files, by which the slowest are among the last.
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Half a minute and more on two cores, the longest first. */
const slowest = [
  'operations/transactions',
  'access/ceiling-property',
  'operations/server',
  'console/pages',
  'sso/passkey',
  'attacks/saml-messages',
  'sso/pages',
  'sso/journeys',
  'console/journey-connect',
  'console/connect-pages',
  'sso/shared-names',
  'http/pages',
  'jobs/queue',
]

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = slowest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`))
  return rank === -1 ? slowest.length : rank
}

export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other))
  }
}
