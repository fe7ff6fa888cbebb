// The command line flags of the conformance runner.
import { Command, InvalidArgumentError, Option } from 'commander'
import type { SuiteName } from './outcome.ts'
import { fixedTarget, freshTarget, isHttpUrl, type TargetSource } from './target.ts'

export interface RunOptions {
  readonly target: TargetSource
  readonly isShared: boolean
  readonly fixtures: string
  readonly only: readonly string[]
  readonly suites: readonly SuiteName[]
  readonly skippedFeatures: readonly string[]
  readonly concurrency: number
  readonly junit?: string
}

interface Flags {
  readonly url?: string
  readonly token?: string
  readonly fresh?: string
  readonly fixtures: string
  readonly only: string[]
  readonly suite: 'replay' | 'rfc' | 'all'
  readonly junit?: string
  readonly concurrency: number
  readonly skipFeature: string[]
}

/** The flags as options. Throws CommanderError for unusable flags and for --help. */
export function parseOptions(
  argv: readonly string[],
  defaultFixtures: string,
  print: (text: string) => void,
): RunOptions {
  const command = buildCommand(defaultFixtures)
  command.exitOverride().configureOutput({ writeOut: print, writeErr: print })
  const flags = command.parse(argv, { from: 'user' }).opts<Flags>()
  return {
    target: chooseTarget(command, flags),
    isShared: flags.fresh === undefined,
    fixtures: flags.fixtures,
    only: flags.only,
    suites: flags.suite === 'all' ? ['replay', 'rfc'] : [flags.suite],
    skippedFeatures: flags.skipFeature,
    concurrency: flags.concurrency,
    ...(flags.junit !== undefined && { junit: flags.junit }),
  }
}

function buildCommand(defaultFixtures: string): Command {
  return new Command('conformance')
    .description('Replays recorded identity provider traffic and checks RFC 7643/7644 against any SCIM 2.0 server')
    .option('--url <url>', 'SCIM base URL of the one directory used for everything', parseUrl)
    .option('--token <token>', 'bearer token for --url')
    .option(
      '--fresh <command>',
      'shell command printing {"baseUrl","token"} of a new empty directory, run once per check',
    )
    .option('--fixtures <folder>', 'folder with the replay fixtures', defaultFixtures)
    .option('--only <name>', 'run what has this text in its name (repeatable)', collect, [])
    .addOption(new Option('--suite <suite>', 'which suite to run').choices(['replay', 'rfc', 'all']).default('all'))
    .option('--junit <file>', 'also write the result as JUnit XML')
    .option('--concurrency <number>', 'how many fixtures and checks run at a time', parseCount, 1)
    .option('--skip-feature <name>', 'skip fixtures that require this feature (repeatable)', collect, [])
}

function chooseTarget(command: Command, flags: Flags): TargetSource {
  if (flags.fresh !== undefined) {
    if (flags.url !== undefined || flags.token !== undefined) command.error('error: --fresh replaces --url and --token')
    return freshTarget(flags.fresh)
  }
  if (flags.url === undefined || flags.token === undefined) {
    command.error('error: give either --url with --token, or --fresh')
  }
  return fixedTarget(flags.url, flags.token)
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value]
}

function parseUrl(text: string): string {
  if (!isHttpUrl(text)) throw new InvalidArgumentError('It has to be an http(s) URL without a query.')
  return text
}

function parseCount(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It has to be a whole number from 1.')
  return number
}
