// `rolecall export|plan|apply`: an organization as a document, kept where code is kept.
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { parseDocument, stringify } from 'yaml'
import {
  type Applied,
  applyConfiguration,
  type ConfigurationPlan,
  checkDocument,
  planConfiguration,
  type ReadSecret,
} from '#access/configuration/apply-configuration.ts'
import type { Drift, FieldChange, Step } from '#access/configuration/compare.ts'
import { exportConfiguration } from '#access/configuration/current.ts'
import type { ConfigurationInput } from '#access/configuration/document.ts'
import { AppError, invalid } from '#platform/errors.ts'
import { counted } from '#words/counts.ts'
import { ensureOrganization } from './directory.ts'
import { differsExitCode } from './errors.ts'
import { effectOf } from './make-change.ts'
import { type OutputOptions, print } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }
type ExportOptions = Scope & { out?: string }
type PlanOptions = Scope & { prune?: true }
type ApplyOptions = PlanOptions & { yes?: true; expect?: string; createOrganization?: true }

/** More than a document of some ten thousand items has. */
const maxBytes = 10_000_000

const pruneOption = [
  '--prune',
  'mappings, policies, rules of separation, roles and brands go that its sections do not have',
] as const

export function addConfigurationCommands(program: Command, runtime: CliRuntime): void {
  const scoped = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .option('--json', 'print one JSON line')
  scoped('export', 'print an organization as a document; it has no people, and no secrets')
    .option('--out <file>', 'write it there')
    .action((options: ExportOptions) => exportDocument(runtime, options))
  scoped('plan', 'what applying a document would change, and for whom; exit code 0: nothing, 5: something')
    .argument('<file>', 'YAML or JSON, or - for standard input')
    .option(...pruneOption)
    .action((file: string, options: PlanOptions) => plan(runtime, file, options))
  scoped('apply', 'make an organization as a document says; applied again, it changes nothing')
    .argument('<file>', 'YAML or JSON, or - for standard input')
    .option(...pruneOption)
    .option('--yes', 'go on whatever it changes; without it, the plan is shown and nothing is changed')
    .option('--create-organization', 'with --yes: create the organization first where its slug is new')
    .option('--expect <hash>', 'go on if it does exactly what the plan with this hash showed')
    .action((file: string, options: ApplyOptions) => apply(runtime, file, options))
}

async function exportDocument(runtime: CliRuntime, options: ExportOptions): Promise<void> {
  const document = await inOrganization(runtime, options.organization, exportConfiguration, { isLooking: true })
  const text = options.json === true ? JSON.stringify(document) : stringify(document, { lineWidth: 120 }).trimEnd()
  if (options.out === undefined) return runtime.print(text)
  await writeFile(options.out, `${text}\n`)
  runtime.print(`Wrote ${options.out}`)
}

/** @throws AppError invalid where it cannot be read, saying where */
async function readDocument(runtime: CliRuntime, file: string): Promise<ConfigurationInput> {
  const text = file === '-' ? await runtime.readInput() : await readText(file)
  if (text.length > maxBytes) throw invalid(`${file} is larger than ${maxBytes / 1_000_000} MB`)
  const parsed = parseDocument(text, { prettyErrors: true, uniqueKeys: true })
  const [fault] = parsed.errors
  if (fault !== undefined) throw invalid(`${file} cannot be read: ${fault.message.split('\n')[0]}`)
  try {
    return parsed.toJS({ maxAliasCount: 100 }) as ConfigurationInput
  } catch (error) {
    throw invalid(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw invalid(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** From the environment or the files of whoever runs the command; never what the server itself is set up with. */
const secretsOf =
  (runtime: CliRuntime, document: string): ReadSecret =>
  async (reference) => {
    const text =
      'env' in reference
        ? runtime.variable(reference.env)
        : await runtime.secretFile(resolve(dirname(document), reference.file))
    const secret = text?.trim()
    return secret === '' ? undefined : secret
  }

async function plan(runtime: CliRuntime, file: string, options: PlanOptions): Promise<void> {
  const document = await readDocument(runtime, file)
  const found = await inOrganization(
    runtime,
    options.organization,
    (ctx) => planConfiguration(ctx, document, { prune: options.prune, readSecret: secretsOf(runtime, file) }),
    { isLooking: true },
  )
  print(runtime, options, { json: found, human: () => planLines(found) })
  runtime.setExitCode(isNothing(found) && found.drift.length === 0 ? 0 : differsExitCode)
}

/** What waits for a group to come is nothing that could be done now. */
const isNothing = ({ steps }: ConfigurationPlan): boolean => steps.every(({ act }) => act === 'wait')

async function apply(runtime: CliRuntime, file: string, options: ApplyOptions): Promise<void> {
  const document = await readDocument(runtime, file)
  checkDocument(document)
  const accept = (found: ConfigurationPlan): void => {
    if (isNothing(found)) return
    if (options.expect !== undefined && options.expect !== found.hash)
      throw new AppError('precondition_failed', `The plan is out of date: plan again, and look at ${found.hash}`)
    if (options.yes === true || options.expect !== undefined) return
    if (options.json !== true) for (const line of planLines(found)) runtime.print(line)
    throw new AppError(
      'precondition_required',
      `Nothing is changed yet: repeat it with --yes, or with --expect ${found.hash}`,
    )
  }
  if (options.createOrganization === true && options.yes === true)
    await runtime.withServices((services) => ensureOrganization(services, options.organization))
  const applied = await inOrganization(runtime, options.organization, (ctx) =>
    applyConfiguration(ctx, document, { prune: options.prune, readSecret: secretsOf(runtime, file), accept }),
  )
  print(runtime, options, { json: applied, human: () => appliedLines(applied) })
  if (applied.failed.length > 0) runtime.setExitCode(1)
}

const signs: Record<Step['act'], string> = { create: '+', change: '~', remove: '-', wait: '…' }

const valueInWords = (value: unknown): string => (value === null ? 'nothing' : JSON.stringify(value))

const fieldInWords = ({ field, before, after }: FieldChange): string =>
  `      ${field}: ${valueInWords(before)} → ${valueInWords(after)}`

const stepLines = ({ section, key, act, fields, note }: Step): string[] => [
  `  ${signs[act]} ${section}${key === '' ? '' : ` ${key}`}${note === null ? '' : ` (${note})`}`,
  ...fields.map(fieldInWords),
]

function driftLines(drift: readonly Drift[]): string[] {
  if (drift.length === 0) return []
  return ['Here, and not in the document; it stays:', ...drift.map(({ section, key }) => `    ${section} ${key}`)]
}

function planLines({ steps, drift, preview, hash }: ConfigurationPlan): string[] {
  if (steps.length === 0) {
    const rest = drift.length === 0 ? '' : ', and more is here'
    return [`Nothing to do: everything is as the document says${rest}`, ...driftLines(drift)]
  }
  const count = (act: Step['act']): number => steps.filter((step) => step.act === act).length
  return [
    ...steps.flatMap(stepLines),
    ...driftLines(drift),
    effectOf(preview),
    `${count('create')} to make, ${count('change')} to change, ${count('remove')} to remove, ${count('wait')} waiting; --expect ${hash}`,
  ]
}

function appliedLines({ plan: done, issued, failed }: Applied): string[] {
  return [
    ...planLines(done),
    ...issued.map(({ section, key, id, secret }) =>
      section === 'directories'
        ? `The token of the directory ${key} (${id}), which is not shown again: ${secret}`
        : `The client secret of the application ${key} (${id}), which is not shown again: ${secret}`,
    ),
    ...failed.map(({ key, message }) => `The connection ${key} could not be made: ${message}`),
    ...(isNothing(done)
      ? []
      : [`Done${failed.length === 0 ? '' : `, but for ${counted(failed.length, 'connection')}`}`]),
  ]
}
