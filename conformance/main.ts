// The conformance runner: `npm run conformance -- <flags>`. See conformance/README.md.
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CommanderError } from 'commander'
import { findMissingFeature } from './replay/features.ts'
import { loadFixtures } from './replay/fixture.ts'
import { replay } from './replay/replay.ts'
import { rfcChecks } from './rfc/checks.ts'
import { runCheck } from './rfc/client.ts'
import { toJunit } from './run/junit.ts'
import { parseOptions, type RunOptions } from './run/options.ts'
import { type Job, type Outcome, runJobs, skip } from './run/outcome.ts'
import { count, describeOutcome, describeTotals, type Print } from './run/report.ts'

const exitCodes = { ok: 0, failed: 1, unusable: 2 } as const

/** Runs the suites the flags ask for. Returns the exit code: 0 passed, 1 failures, 2 unusable flags or nothing run. */
export async function runConformance(argv: readonly string[], print: Print = console.log): Promise<number> {
  try {
    const options = parseOptions(argv, path.join(import.meta.dirname, 'fixtures'), (text) => print(text.trimEnd()))
    return await runSuites(options, print)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.unusable
    print(`error: ${error instanceof Error ? error.message : error}`)
    return exitCodes.unusable
  }
}

async function runSuites(options: RunOptions, print: Print): Promise<number> {
  const jobs = (await collectJobs(options)).filter(({ name }) => isWanted(name, options.only))
  if (jobs.length === 0) throw new Error('no fixture or check has such a name')
  if (options.isShared && jobs.some(({ suite }) => suite === 'replay')) {
    print('WARN fixtures expect an empty directory; with --url they share one, so counts and duplicates may differ')
  }
  const printAll = (lines: readonly string[]) => {
    for (const line of lines) print(line)
  }
  const outcomes = await runJobs(jobs, options.concurrency, (outcome) => printAll(describeOutcome(outcome)))
  if (options.junit !== undefined) await writeFile(options.junit, toJunit(outcomes))
  printAll(describeTotals(outcomes))
  return exitCodeOf(outcomes)
}

async function collectJobs(options: RunOptions): Promise<Job[]> {
  const jobs: Job[] = []
  if (options.suites.includes('replay')) jobs.push(...(await collectReplays(options)))
  if (options.suites.includes('rfc')) jobs.push(...collectChecks(options))
  return jobs
}

async function collectReplays(options: RunOptions): Promise<Job[]> {
  const fixtures = await loadFixtures(options.fixtures)
  if (fixtures.length === 0) throw new Error(`there is no SCIM fixture in ${options.fixtures}`)
  return fixtures.map((fixture) => ({
    suite: 'replay',
    name: fixture.name,
    run: async () => {
      const target = await options.target()
      const reason = await findMissingFeature(fixture, target, options.skippedFeatures)
      if (reason) skip(reason)
      await replay(fixture, target)
    },
  }))
}

function collectChecks(options: RunOptions): Job[] {
  return rfcChecks.map((check) => ({
    suite: 'rfc',
    name: check.name,
    run: async () => runCheck(check, await options.target()),
  }))
}

function isWanted(name: string, only: readonly string[]): boolean {
  return only.length === 0 || only.some((text) => name.toLowerCase().includes(text.toLowerCase()))
}

function exitCodeOf(outcomes: readonly Outcome[]): number {
  if (count(outcomes, 'failed') > 0) return exitCodes.failed
  return count(outcomes, 'passed') > 0 ? exitCodes.ok : exitCodes.unusable
}

if (import.meta.main) process.exitCode = await runConformance(process.argv.slice(2))
