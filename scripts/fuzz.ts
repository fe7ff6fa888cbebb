// `npm run fuzz -- [target …]`: hostile inputs against the whole application, for as long as wanted. What is found is made as short
// as it goes and kept in test/fuzz-corpus, from where every later run plays it again. docs/reliability.md keeps the figures. Ends with
// exit code 1 where something is found.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { registerJsx } from '../src/platform/jsx.ts'
import type { Report, Target } from './fuzz/target.ts'

// The pages are .tsx: nothing that imports them may come before.
registerJsx()
Object.seal(Object.prototype)
const { targets } = await import('./fuzz/targets.ts')
const { withFuzzedApp } = await import('./fuzz/stage.ts')
const { fuzz, replay } = await import('./fuzz/play.ts')
const { corpusOf, keep } = await import('./fuzz/corpus.ts')

const usage = `Usage: npm run fuzz -- [${targets.map(({ name }) => name).join(' | ')} …] [flags]
  --seconds N    for each target (default 60)
  --seed N       the same inputs again; told at the beginning
  --replay FILE  plays the input of this file at one target, and nothing else`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    replay: { type: 'string' },
    help: { type: 'boolean' },
  },
})
const unknown = positionals.find((name) => !targets.some((target) => target.name === name))
const isReplayUnclear = values.replay !== undefined && positionals.length !== 1
if (values.help === true || unknown !== undefined || isReplayUnclear) {
  console.error(unknown === undefined ? usage : `There is no target ${unknown}\n${usage}`)
  process.exit(values.help === true ? 0 : 2)
}

const chosen = targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name))

async function play(target: Target): Promise<Report> {
  process.stderr.write(`${target.name}: ${target.says} (seed ${values.seed})\n`)
  const options = { seconds: Number(values.seconds), seed: Number(values.seed), corpus: corpusOf(target.name) }
  const report = await withFuzzedApp((app) => fuzz(target, app, options))
  for (const { fault, input } of report.finds) {
    const path = keep(target.name, input)
    process.stderr.write(`  ${fault}\n  npm run fuzz -- ${target.name} --replay ${path}\n`)
  }
  return report
}

if (values.replay !== undefined) {
  const input = readFileSync(values.replay, 'utf8')
  const [target] = chosen
  const fault = target === undefined ? undefined : await withFuzzedApp((app) => replay(target, app, input))
  console.log(fault ?? 'Nothing is wrong')
  process.exit(fault === undefined ? 0 : 1)
}

console.log('| inputs of | inputs | seconds | finds | worst time, ms |')
console.log('| --- | --: | --: | --: | --: |')
for (const target of chosen) {
  const { inputs, seconds, finds, worstMillis } = await play(target)
  const figures = [inputs.toLocaleString('en'), Math.round(seconds), finds.length, Math.round(worstMillis)]
  console.log(`| ${[target.says, ...figures].join(' | ')} |`)
  if (finds.length > 0) process.exitCode = 1
}
// Worker threads and timers of the application may still be about.
process.exit()
