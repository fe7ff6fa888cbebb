// `rolecall report list|make|schedule|schedules|off|on|delete|roster`
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { resolveUser } from '#access/grants/managers/references.ts'
import { contextOf } from '#access/ground/context-at.ts'
import { compareRoster, rosterOf } from '#access/reports/compare-roster.ts'
import { makeReport, reportCsv, reports } from '#access/reports/make-report.ts'
import {
  changeReportSchedule,
  createReportSchedule,
  listReportSchedules,
  type ReportScheduleInput,
} from '#access/reports/schedules.ts'
import { invalid } from '#platform/errors.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }
type MakeOptions = Scope & { kind: string; at?: string; unusedDays?: string; csv?: true }
type ScheduleOptions = Scope & { kind: string; every: string; recipient: string[]; findingsOnly?: true }
type ChangeOptions = Scope & { schedule: string }

export function addReportCommands(program: Command, runtime: CliRuntime): void {
  const report = program.command('report').description('who has what, how it is used, and what should be looked at')
  const scoped = (name: string, description: string): Command =>
    report
      .command(name)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .option('--json', 'print one JSON line')
  report
    .command('list')
    .description('list the reports that there are')
    .option('--json', 'print one JSON line')
    .action((options: OutputOptions) =>
      printList(runtime, options, reports, { KIND: ({ kind }) => kind, 'WHAT IT SAYS': ({ says }) => says }),
    )
  scoped('make', 'make a report')
    .requiredOption('--kind <kind>', 'as `report list` names it')
    .option('--at <time>', 'as it was then, e.g. 2030-01-31T12:00:00Z')
    .option('--unused-days <days>', 'after how many days something counts as unused', '90')
    .option('--csv', 'print all rows as CSV')
    .action((options: MakeOptions) => make(runtime, options))
  scoped('schedule', 'have a report made on a schedule, and people told by mail')
    .requiredOption('--kind <kind>', 'as `report list` names it')
    .requiredOption('--every <pace>', 'day, week, month or quarter')
    .requiredOption('--recipient <name...>', 'userNames or ids')
    .option('--findings-only', 'nobody is told where there is nothing to look at')
    .action((options: ScheduleOptions) => schedule(runtime, options))
  scoped('schedules', 'list the schedules').action((options: Scope) => schedules(runtime, options))
  for (const change of ['on', 'off', 'delete'] as const)
    scoped(change, change === 'delete' ? 'delete a schedule' : `switch a schedule ${change}`)
      .requiredOption('--schedule <id>', 'id')
      .action((options: ChangeOptions) => changeSchedule(runtime, options, change))
  scoped('roster', 'compare with a list: who is missing here, and who is here and not on it')
    .requiredOption('--file <path>', 'a text with one address a line, or CSV')
    .action((options: Scope & { file: string }) => roster(runtime, options))
}

async function make(runtime: CliRuntime, options: MakeOptions): Promise<void> {
  const { kind, at, csv } = options
  const wanted = { unusedDays: Number(options.unusedDays ?? 90), limit: 1_000 }
  if (csv === true) {
    await inOrganization(runtime, options.organization, async (ctx) => {
      for await (const lines of reportCsv(await contextOf(ctx, at), kind, wanted)) runtime.print(lines.trimEnd())
    })
    return
  }
  const made = await inOrganization(runtime, options.organization, async (ctx) =>
    makeReport(await contextOf(ctx, at), kind, wanted),
  )
  const human = () => [
    `${made.title}, as of ${made.madeAt}`,
    ...(made.findings.length === 0
      ? ['Nothing to look at']
      : made.findings.map(({ text, count, sample }) => `${count} × ${text}: ${sample.join(', ')}`)),
    ...(made.rows.length === 0 ? [] : ['Its rows: --csv']),
  ]
  print(runtime, options, { json: made, human })
}

async function schedule(runtime: CliRuntime, options: ScheduleOptions): Promise<void> {
  const made = await inOrganization(runtime, options.organization, async (ctx) => {
    const people = await Promise.all(options.recipient.map((name) => resolveUser(ctx, name)))
    return createReportSchedule(ctx, {
      kind: options.kind as ReportScheduleInput['kind'],
      every: options.every as ReportScheduleInput['every'],
      recipients: people.map(({ id }) => id),
      sent: options.findingsOnly === true ? 'findings' : 'always',
    })
  })
  print(runtime, options, { json: made, human: () => [`Scheduled (${made.id}); the first one is made at once`] })
}

async function schedules(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, listReportSchedules)
  printList(runtime, options, items, {
    ID: ({ id }) => id,
    KIND: ({ kind }) => kind,
    EVERY: ({ every }) => every,
    TOLD: ({ recipients }) => recipients.map(({ name }) => name).join(', '),
    NEXT: ({ status, nextAt }) => (status === 'on' ? nextAt : 'off'),
  })
}

async function changeSchedule(
  runtime: CliRuntime,
  options: ChangeOptions,
  change: 'on' | 'off' | 'delete',
): Promise<void> {
  await inOrganization(runtime, options.organization, (ctx) =>
    changeReportSchedule(ctx, { scheduleId: options.schedule, change }),
  )
  const done = change === 'delete' ? 'deleted' : `switched ${change}`
  print(runtime, options, { json: { id: options.schedule, change }, human: () => [`${options.schedule} is ${done}`] })
}

async function roster(runtime: CliRuntime, options: Scope & { file: string }): Promise<void> {
  const text = await readFile(options.file, 'utf8').catch(() => {
    throw invalid(`${options.file} cannot be read`)
  })
  const found = await inOrganization(runtime, options.organization, (ctx) =>
    compareRoster(ctx, { people: rosterOf(text) }),
  )
  const human = () => [
    `${found.listed} on the list, ${found.matched} known here`,
    ...found.missing.map((name) => `missing here: ${name}`),
    ...found.notActive.map(({ userName, status }) => `on the list and ${status}: ${userName}`),
    ...found.tooMuch.map(({ userName }) => `here and not on the list: ${userName}`),
  ]
  print(runtime, options, { json: found, human })
}
