// `rolecall inactivity show|preview|set|off|except|unexcept|exceptions|runs|undo`
import type { Command } from 'commander'
import { resolveUser } from '#access/grants/managers/references.ts'
import {
  endInactivityException,
  exceptFromInactivity,
  listInactivityExceptions,
} from '#access/people/inactivity/exceptions.ts'
import { type InactivityOutlook, previewInactivity } from '#access/people/inactivity/outlook.ts'
import {
  erasedAfterDays,
  getInactivityRule,
  type InactivityFiguresInput,
  type InactivityRule,
  saveInactivityRule,
  switchInactivityRuleOff,
} from '#access/people/inactivity/rule.ts'
import { listInactivityRuns, undoInactivityRun } from '#access/people/inactivity/runs.ts'
import { invalid } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }
type FigureOptions = Scope & { warn?: string; deactivate?: string; erase?: string; concerns?: string }
type PersonOptions = Scope & { user: string }

const mostListed = 10_000

export function addInactivityCommands(program: Command, runtime: CliRuntime): void {
  const inactivity = program.command('inactivity').description('what becomes of people who are not here for long')
  const scoped = (name: string, description: string): Command =>
    inactivity
      .command(name)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .option('--json', 'print one JSON line')
  const withFigures = (command: Command): Command =>
    command
      .option('--erase <days>', 'days after that until they are erased; without it, they are not')
      .option('--concerns <whom>', 'local (whom no directory manages) or everybody', 'local')
  scoped('show', 'show the rule').action((options: Scope) => showRule(runtime, options, getInactivityRule))
  withFigures(
    scoped('preview', 'whom a rule would warn, deactivate and erase, today and within 30 days')
      .option('--warn <days>', 'days without activity; without them, the rule as it is saved')
      .option('--deactivate <days>', 'days without activity'),
  ).action((options: FigureOptions) => preview(runtime, options))
  withFigures(
    scoped('set', 'switch the rule on; whoever is concerned is warned first')
      .requiredOption('--warn <days>', 'days without activity after which somebody is warned')
      .requiredOption('--deactivate <days>', 'days without activity after which they are deactivated'),
  ).action((options: FigureOptions) => showRule(runtime, options, (ctx) => saveInactivityRule(ctx, figuresOf(options))))
  scoped('off', 'switch the rule off').action((options: Scope) => showRule(runtime, options, switchInactivityRuleOff))
  scoped('except', 'have the rule leave somebody alone')
    .requiredOption('--user <name>', 'userName or id')
    .requiredOption('--reason <words>', 'why')
    .option('--until <time>', 'an end, such as 2030-01-31T12:00:00Z')
    .action((options: PersonOptions & { reason: string; until?: string }) => except(runtime, options))
  scoped('unexcept', 'end an exception')
    .requiredOption('--user <name>', 'userName or id')
    .action((options: PersonOptions) => unexcept(runtime, options))
  scoped('exceptions', 'list the people whom the rule leaves alone').action((options: Scope) =>
    exceptions(runtime, options),
  )
  scoped('runs', 'list the runs that did something').action((options: Scope) => runs(runtime, options))
  scoped('undo', 'switch on again whom a run has deactivated')
    .requiredOption('--run <id>', 'id')
    .action((options: Scope & { run: string }) => undo(runtime, options))
}

function asNumber(option: string, text: string | undefined): number {
  if (text !== undefined && /^\d{1,4}$/.test(text)) return Number(text)
  throw invalid(`${option} is to be a number of days`)
}

const figuresOf = ({ warn, deactivate, erase, concerns }: FigureOptions): InactivityFiguresInput => ({
  concerns: concerns as 'local' | 'everybody',
  warnDays: asNumber('--warn', warn),
  deactivateDays: asNumber('--deactivate', deactivate),
  eraseDays: erase === undefined ? null : asNumber('--erase', erase),
})

async function showRule(
  runtime: CliRuntime,
  options: Scope,
  work: (ctx: CallContext) => Promise<InactivityRule>,
): Promise<void> {
  const rule = await inOrganization(runtime, options.organization, work)
  const { status, concerns, warnDays, deactivateDays } = rule
  const days = erasedAfterDays(rule)
  const erased = days === null ? '' : `, erased ${days} days after that`
  const words = `${status}: ${concerns}, warned after ${warnDays} days, deactivated after ${deactivateDays}${erased}`
  print(runtime, options, { json: rule, human: () => [words] })
}

async function preview(runtime: CliRuntime, options: FigureOptions): Promise<void> {
  const figures = options.warn === undefined && options.deactivate === undefined ? undefined : figuresOf(options)
  const found = await inOrganization(runtime, options.organization, (ctx) => previewInactivity(ctx, figures))
  const counts = ({ warn, deactivate, erase }: InactivityOutlook['today']): string =>
    `${warn} warned, ${deactivate} deactivated, ${erase} erased`
  const lines = [`today: ${counts(found.today)}`, `within 30 days: ${counts(found.within30Days)}`]
  const people = found.people.map(({ at, act, userName, userId }) => `${at}  ${act}  ${userName} (${userId})`)
  print(runtime, options, { json: found, human: () => [...lines, ...people] })
}

async function except(runtime: CliRuntime, options: PersonOptions & { reason: string; until?: string }): Promise<void> {
  const { reason, until = null } = options
  const user = await inOrganization(runtime, options.organization, async (ctx) => {
    const found = await resolveUser(ctx, options.user)
    await exceptFromInactivity(ctx, { userId: found.id, reason, until })
    return found
  })
  const json = { id: user.id, userName: user.userName, reason, until }
  print(runtime, options, { json, human: () => [`The rule leaves ${user.userName} alone`] })
}

async function unexcept(runtime: CliRuntime, options: PersonOptions): Promise<void> {
  const user = await inOrganization(runtime, options.organization, async (ctx) => {
    const found = await resolveUser(ctx, options.user)
    await endInactivityException(ctx, found.id)
    return found
  })
  print(runtime, options, { json: user, human: () => [`The rule counts for ${user.userName} again`] })
}

async function exceptions(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, (ctx) =>
    listInactivityExceptions(ctx, { limit: mostListed }),
  )
  printList(runtime, options, items, {
    ID: ({ id }) => id,
    USER: ({ userName }) => userName,
    UNTIL: ({ until, counts }) => (counts ? until : `${until} (ended)`),
    REASON: ({ reason }) => reason,
  })
}

async function runs(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, (ctx) =>
    listInactivityRuns(ctx, { limit: mostListed }),
  )
  printList(runtime, options, items, {
    ID: ({ id }) => id,
    RAN: ({ ranAt }) => ranAt,
    WARNED: ({ warned }) => warned,
    DEACTIVATED: ({ deactivated }) => deactivated,
    'STILL OFF': ({ stillOff }) => stillOff,
    ERASED: ({ erased }) => erased,
    REFUSED: ({ refused }) => refused,
  })
}

async function undo(runtime: CliRuntime, options: Scope & { run: string }): Promise<void> {
  const { id, total, done } = await inOrganization(runtime, options.organization, (ctx) =>
    undoInactivityRun(ctx, options.run),
  )
  print(runtime, options, { json: { id, total, done }, human: () => [`${done} of ${total} are switched on (${id})`] })
}
