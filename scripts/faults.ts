// `npm run faults -- [scenario …]`: plays what goes wrong, against real processes, and counts what became of acknowledged writes.
// docs/reliability.md keeps the figures. Ends with exit code 1 where something is not as it should be.
import { parseArgs } from 'node:util'
import { faultsOf, type Result, type Scenario } from './faults/scenario.ts'
import { exhaustedPool, failover, fullDisk, racingMigrations } from './faults/scenarios/database.ts'
import { killedUnderEvents } from './faults/scenarios/events.ts'
import { killedPostgres, killedServer, stoppedServer } from './faults/scenarios/kills.ts'
import { clocksApart, cutOff, killedNodes } from './faults/scenarios/nodes.ts'

const scenarios: readonly Scenario[] = [
  ...[killedServer, killedPostgres, stoppedServer, killedNodes, cutOff, clocksApart],
  ...[failover, exhaustedPool, fullDisk, racingMigrations, killedUnderEvents],
]

const usage = `Usage: npm run faults -- [${scenarios.map(({ name }) => name).join(' | ')} …] [flags]
  --long         as often as by hand; otherwise as in a test run
  --times N      so often
  --json         print the results as JSON`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    long: { type: 'boolean' },
    times: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
})
const unknown = positionals.find((name) => !scenarios.some((scenario) => scenario.name === name))
if (values.help === true || unknown !== undefined) {
  console.error(unknown === undefined ? usage : `There is no scenario ${unknown}\n${usage}`)
  process.exit(values.help === true ? 0 : 2)
}

const chosen = scenarios.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const rows: { scenario: Scenario; result: Result; faults: string[] }[] = []
for (const scenario of chosen) {
  const amount = values.long === true ? scenario.long : scenario.short
  const times = values.times === undefined ? amount.times : Number(values.times)
  process.stderr.write(`${scenario.name}: ${scenario.says}\n`)
  const result = await scenario.play({ times }, (text) => void process.stderr.write(`  ${text}\n`))
  if (result !== undefined) rows.push({ scenario, result, faults: faultsOf(scenario, result) })
}

const line = ({ scenario, result }: (typeof rows)[number]): string => {
  const { times, acknowledged, lost, doubled, wrong, refusedTwice, longestPause } = result
  const figures = [
    times,
    acknowledged.toLocaleString('en'),
    lost,
    doubled,
    wrong.length,
    refusedTwice,
    longestPause.toFixed(1),
  ]
  return `| ${[scenario.says, ...figures].join(' | ')} |`
}

if (values.json === true)
  console.log(JSON.stringify(rows.map(({ scenario, ...row }) => ({ name: scenario.name, ...row }))))
else {
  console.log('| what | times | acknowledged | lost | doubled | wrong answers | failed twice | longest pause, s |')
  console.log('| --- | --: | --: | --: | --: | --: | --: | --: |')
  for (const row of rows) console.log(line(row))
}
for (const { result } of rows) for (const note of result.notes) console.error(note)
for (const { scenario, faults } of rows) for (const fault of faults) console.error(`${scenario.name}: ${fault}`)
if (rows.some(({ faults }) => faults.length > 0)) process.exitCode = 1
