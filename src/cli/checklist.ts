// `rolecall checklist templates|template|list|begin|settle|cancel|on|off|delete`
import type { Command } from 'commander'
import { beginChecklist } from '#access/checklists/begin-checklists.ts'
import { getChecklist, listChecklists } from '#access/checklists/checklists.ts'
import { cancelChecklist, settleTask } from '#access/checklists/settle-task.ts'
import {
  type ChecklistTemplateInput,
  changeChecklistTemplate,
  createChecklistTemplate,
  listChecklistTemplates,
} from '#access/checklists/templates.ts'
import { resolveBrand, resolveUser } from '#access/grants/managers/references.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }
type TemplateOptions = Scope & { name: string; kind: string; brand?: string; task: string[]; dueDays: string }
type SettleOptions = Scope & { checklist: string; task: string; outcome: string; comment?: string }

export function addChecklistCommands(program: Command, runtime: CliRuntime): void {
  const checklist = program.command('checklist').description('what is to be done when somebody joins or leaves')
  const scoped = (name: string, description: string): Command =>
    checklist
      .command(name)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .option('--json', 'print one JSON line')
  scoped('templates', 'list the templates').action((options: Scope) => templates(runtime, options))
  scoped('template', 'have a list begun for whoever joins or leaves from now on')
    .requiredOption('--name <name>', 'name for people')
    .requiredOption('--kind <kind>', 'joining or leaving')
    .option('--brand <slug>', 'slug or id; without it the organization is meant')
    .requiredOption('--task <title...>', 'what is to be done, by whoever administers the organization')
    .option('--due-days <days>', 'days until they are due', '7')
    .action((options: TemplateOptions) => template(runtime, options))
  for (const change of ['on', 'off', 'delete'] as const)
    scoped(change, change === 'delete' ? 'delete a template with its lists' : `switch a template ${change}`)
      .requiredOption('--template <id>', 'id')
      .action((options: Scope & { template: string }) => switchTemplate(runtime, options, change))
  scoped('list', 'list the lists that are open').action((options: Scope) => list(runtime, options))
  scoped('begin', 'begin a list for somebody by hand')
    .requiredOption('--template <id>', 'id')
    .requiredOption('--user <name>', 'userName or id')
    .action((options: Scope & { template: string; user: string }) => begin(runtime, options))
  scoped('settle', 'note that a task is done or not needed, or undo that')
    .requiredOption('--checklist <id>', 'id')
    .requiredOption('--task <number>', 'the first is 1')
    .requiredOption('--outcome <outcome>', 'done, not_needed or open')
    .option('--comment <words>', 'what there is to say')
    .action((options: SettleOptions) => settle(runtime, options))
  scoped('cancel', 'cancel a list')
    .requiredOption('--checklist <id>', 'id')
    .action((options: Scope & { checklist: string }) => cancel(runtime, options))
}

async function templates(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, listChecklistTemplates)
  printList(runtime, options, items, {
    ID: ({ id }) => id,
    NAME: ({ name }) => name,
    KIND: ({ kind }) => kind,
    BRAND: ({ brand }) => brand?.slug ?? '(organization)',
    TASKS: ({ tasks }) => String(tasks.length),
    STATUS: ({ status }) => status,
    OPEN: ({ open }) => String(open),
  })
}

async function template(runtime: CliRuntime, options: TemplateOptions): Promise<void> {
  const { name, kind, brand, task, dueDays } = options
  const made = await inOrganization(runtime, options.organization, async (ctx) =>
    createChecklistTemplate(ctx, {
      name,
      kind: kind as ChecklistTemplateInput['kind'],
      brandId: brand === undefined ? null : (await resolveBrand(ctx, brand)).id,
      tasks: task.map((title) => ({ title, dueDays: Number(dueDays) })),
    }),
  )
  print(runtime, options, { json: made, human: () => [`Created the template ${made.name} (${made.id})`] })
}

async function switchTemplate(
  runtime: CliRuntime,
  options: Scope & { template: string },
  change: 'on' | 'off' | 'delete',
): Promise<void> {
  await inOrganization(runtime, options.organization, (ctx) =>
    changeChecklistTemplate(ctx, { templateId: options.template, change }),
  )
  const done = change === 'delete' ? 'deleted' : `switched ${change}`
  print(runtime, options, { json: { id: options.template, change }, human: () => [`${options.template} is ${done}`] })
}

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, (ctx) =>
    listChecklists(ctx, { status: 'open', limit: 1_000 }),
  )
  printList(runtime, options, items, {
    ID: ({ id }) => id,
    NAME: ({ name }) => name,
    PERSON: ({ user }) => user.userName,
    OPEN: ({ tasks }) => `${tasks.filter(({ outcome }) => outcome === null).length} of ${tasks.length}`,
  })
}

async function begin(runtime: CliRuntime, options: Scope & { template: string; user: string }): Promise<void> {
  const begun = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id: userId } = await resolveUser(ctx, options.user)
    return beginChecklist(ctx, { userId, templateId: options.template })
  })
  print(runtime, options, {
    json: begun,
    human: () => [`${begun.name} is begun for ${begun.user.userName} (${begun.id})`],
  })
}

async function settle(runtime: CliRuntime, options: SettleOptions): Promise<void> {
  const { checklist: checklistId, task, outcome, comment = null } = options
  const after = await inOrganization(runtime, options.organization, async (ctx) => {
    const wanted = outcome as 'done' | 'not_needed' | 'open'
    await settleTask(ctx, { checklistId, position: Number(task) - 1, outcome: wanted, comment })
    return getChecklist(ctx, checklistId)
  })
  print(runtime, options, { json: after, human: () => [`${after.name}: ${after.status}`] })
}

async function cancel(runtime: CliRuntime, options: Scope & { checklist: string }): Promise<void> {
  await inOrganization(runtime, options.organization, (ctx) => cancelChecklist(ctx, options.checklist))
  print(runtime, options, { json: { id: options.checklist }, human: () => [`${options.checklist} is cancelled`] })
}
