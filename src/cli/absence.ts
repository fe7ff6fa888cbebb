// `rolecall absence plan|change|cancel|list|rule`
import type { Command } from 'commander'
import { resolveUser } from '#access/grants/managers/references.ts'
import {
  type Absence,
  type AtReturn,
  getAbsenceRule,
  listAbsences,
  setAbsenceRule,
} from '#access/people/absence/absences.ts'
import { cancelAbsence, changeAbsence, planAbsence } from '#access/people/absence/plan-absence.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }
type Span = { from?: string; until?: string; reason?: string; atReturn?: AtReturn }
type PlanOptions = Scope & Span & { user: string; until: string; reason: string }
type ChangeOptions = Scope & Span & { absence: string }

export function addAbsenceCommands(program: Command, runtime: CliRuntime): void {
  const absence = program.command('absence').description('people who are deactivated for a time, and come back')
  const scoped = (name: string, description: string): Command =>
    absence
      .command(name)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .option('--json', 'print one JSON line')
  const atReturn = [
    '--at-return <what>',
    'propose (an alarm) or return (by itself); otherwise as the organization says',
  ] as const
  scoped('plan', 'deactivate somebody for a time')
    .requiredOption('--user <name>', 'userName or id')
    .option('--from <time>', 'e.g. 2030-01-31T12:00:00Z; without it, from now on')
    .requiredOption('--until <time>', 'when they are back')
    .requiredOption('--reason <words>', 'why')
    .option(...atReturn)
    .action((options: PlanOptions) => plan(runtime, options))
  scoped('change', 'change an absence, also while it is under way')
    .requiredOption('--absence <id>', 'id')
    .option('--from <time>', 'until it has begun')
    .option('--until <time>', 'when they are back')
    .option('--reason <words>', 'why')
    .option(...atReturn)
    .action((options: ChangeOptions) => change(runtime, options))
  scoped('cancel', 'cancel an absence; whoever is absent is back at once')
    .requiredOption('--absence <id>', 'id')
    .action(async (options: Scope & { absence: string }) =>
      show(
        runtime,
        options,
        await inOrganization(runtime, options.organization, (ctx) => cancelAbsence(ctx, options.absence)),
      ),
    )
  scoped('list', 'list the absences that are planned or under way').action((options: Scope) => list(runtime, options))
  scoped('rule', 'what happens at the end of absences that do not say so themselves')
    .option('--at-return <what>', 'propose or return: sets it')
    .action((options: Scope & { atReturn?: AtReturn }) => rule(runtime, options))
}

const inWords = (status: string): string => status.replaceAll('_', ' ')

const show = (runtime: CliRuntime, options: OutputOptions, absence: Absence): void => {
  const { id, user, from, until, status } = absence
  print(runtime, options, {
    json: absence,
    human: () => [`${user.userName}: ${from} to ${until}, ${inWords(status)} (${id})`],
  })
}

async function plan(runtime: CliRuntime, options: PlanOptions): Promise<void> {
  const { user, from, until, reason, atReturn } = options
  const planned = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id: userId } = await resolveUser(ctx, user)
    return planAbsence(ctx, { userId, from, until, reason, atReturn })
  })
  show(runtime, options, planned)
}

async function change(runtime: CliRuntime, options: ChangeOptions): Promise<void> {
  const { absence: absenceId, from, until, reason, atReturn } = options
  const changed = await inOrganization(runtime, options.organization, (ctx) =>
    changeAbsence(ctx, { absenceId, from, until, reason, atReturn }),
  )
  show(runtime, options, changed)
}

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, (ctx) =>
    listAbsences(ctx, { isOpen: true, limit: 10_000 }),
  )
  printList(runtime, options, items, {
    ID: ({ id }) => id,
    USER: ({ user }) => user.userName,
    FROM: ({ from }) => from,
    UNTIL: ({ until }) => until,
    STATUS: ({ status }) => inWords(status),
    REASON: ({ reason }) => reason,
  })
}

async function rule(runtime: CliRuntime, options: Scope & { atReturn?: AtReturn }): Promise<void> {
  const { atReturn } = options
  const found = await inOrganization(runtime, options.organization, (ctx) =>
    atReturn === undefined ? getAbsenceRule(ctx) : setAbsenceRule(ctx, { atReturn }),
  )
  print(runtime, options, { json: found, human: () => [found.atReturn] })
}
