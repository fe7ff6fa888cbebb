// `rolecall audit …`
import { type Command, InvalidArgumentError } from 'commander'
import { listAuditEvents } from '#audit/list-events.ts'
import { addAuditSealCommands } from './audit-seal.ts'
import { type OutputOptions, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type ListOptions = OutputOptions & {
  organization: string
  action?: string
  target?: string
  actor?: string
  since?: string
  limit: number
}

export function addAuditCommands(program: Command, runtime: CliRuntime): void {
  const audit = program.command('audit').description('who changed what')
  audit
    .command('list')
    .description('list changes, newest first')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--action <name>', 'such as user.deactivate')
    .option('--target <id>', 'id of what was changed')
    .option('--actor <id>', 'id of who changed it')
    .option('--since <time>', 'from then on, e.g. 2030-01-31T12:00:00Z', aTime)
    .option('--limit <number>', 'how many', aNumber, 50)
    .option('--json', 'print one JSON line')
    .action((options: ListOptions) => list(runtime, options))
  addAuditSealCommands(audit, runtime)
}

async function list(runtime: CliRuntime, options: ListOptions): Promise<void> {
  const { action, target: targetId, actor: actorId, since, limit } = options
  const filter = { action, targetId, actorId, since }
  const items = await inOrganization(runtime, options.organization, (ctx) => listAuditEvents(ctx, { filter, limit }))
  printList(runtime, options, items, {
    TIME: ({ occurredAt }) => occurredAt,
    ACTION: ({ action: name }) => name,
    TARGET: ({ targetId: id }) => id,
    ACTOR: ({ actor }) => `${actor.type} ${actor.id}`,
  })
}

function aNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0 && value <= 100_000) return value
  throw new InvalidArgumentError('It must be a whole number from 1 to 100000.')
}

function aTime(text: string): string {
  const time = new Date(text)
  if (!Number.isNaN(time.getTime())) return time.toISOString()
  throw new InvalidArgumentError('It must be a time such as 2030-01-31T12:00:00Z.')
}
