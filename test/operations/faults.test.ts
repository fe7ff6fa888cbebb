// What goes wrong around the server, once each, as `npm run faults` plays it many times: nothing that was acknowledged is lost or
// there twice, nobody who is there is answered as not there, and nothing is an error of ours.
import { expect, test } from 'vitest'
import { faultsOf } from '../../scripts/faults/scenario.ts'
import { failover } from '../../scripts/faults/scenarios/database.ts'
import { killedNodes } from '../../scripts/faults/scenarios/nodes.ts'

test.each([failover, killedNodes].map((scenario) => [scenario.says, scenario] as const))(
  '%s',
  { timeout: 120_000 },
  async (_says, scenario) => {
    const result = await scenario.play(scenario.short, () => {})
    if (result === undefined) throw new Error('It cannot be played here')
    expect(faultsOf(scenario, result)).toEqual([])
    expect(result.acknowledged).toBeGreaterThan(50)
  },
)
