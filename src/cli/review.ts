// `rolecall review …`
import { type Command, InvalidArgumentError } from 'commander'
import type { z } from 'zod'
import { resolveBrand, resolveDirectory, resolveRole } from '#access/grants/managers/references.ts'
import { exportEvidence } from '#access/reviews/evidence.ts'
import { countLines } from '#access/reviews/lines/lines.ts'
import { listReviewTasks } from '#access/reviews/lines/tasks.ts'
import { giveBackTask } from '#access/reviews/restore-review.ts'
import { previewReview, type ReviewInput, scheduleReview } from '#access/reviews/schedule-review.ts'
import { getReview, listReviews } from '#access/reviews/scope/reviews.ts'
import type { CallContext } from '#src/context.ts'
import { noAnswerInWords, recurrenceInWords, ruleInWords, taskInWords } from '#words/reviews.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { addReviewChangeCommands } from './review-change.ts'
import { addReviewLineCommands } from './review-lines.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Input = z.input<typeof ReviewInput>
type Scope = OutputOptions & { organization: string }
type OfReview = Scope & { review: string }

type ScheduleOptions = Scope & {
  name: string
  fallback: string
  reviewer?: string
  rule?: Input['reviewerRule']
  role?: string[]
  brand?: string[]
  privileged?: true
  inactive?: number
  outside?: true
  directory?: string
  unanswered?: Input['noAnswer']
  endDays?: number
  undoHours?: number
  dueDays?: number
  graceDays?: number
  repeat?: NonNullable<Input['recurrence']>
  start?: string
}

export function addReviewCommands(program: Command, runtime: CliRuntime): void {
  const review = program.command('review').description('access reviews: people look at what others hold')
  for (const verb of ['schedule', 'preview'] as const)
    review
      .command(verb)
      .description(
        verb === 'schedule'
          ? 'schedule one; without --start it opens at once'
          : 'show what it would be about, and leave nothing',
      )
      .requiredOption('--organization <slug>', 'slug or id')
      .requiredOption('--name <name>', 'what it is called')
      .requiredOption('--fallback <name>', 'user name, address or id of who answers where there is nobody else')
      .option('--rule <rule>', 'brand_managers (unless said otherwise), sponsor, role_owner or person')
      .option('--reviewer <name>', 'user name, address or id, of the rule person')
      .option('--role <key...>', 'only these roles')
      .option('--brand <slug...>', 'only these brands')
      .option('--privileged', 'only roles that let people manage others or settings')
      .option('--inactive <days>', 'only people without activity for that time; alone, their accounts', aNumber)
      .option('--outside', 'only people of no directory and no verified domain')
      .option('--directory <name>', 'only people of this directory')
      .option('--unanswered <meaning>', 'what no answer means: keep (unless said otherwise), remove or end')
      .option('--end-days <days>', 'of the meaning end: so many days after the closing', aNumber)
      .option('--undo-hours <hours>', 'until what is answered takes effect', aNumber)
      .option('--due-days <days>', 'from the opening', aNumber)
      .option('--grace-days <days>', 'from then until it closes by itself', aNumber)
      .option('--repeat <how>', 'monthly, quarterly, half_yearly or yearly')
      .option('--start <time>', 'such as 2030-01-31T12:00:00Z')
      .option('--json', 'print one JSON line')
      .action((options: ScheduleOptions) =>
        verb === 'schedule' ? schedule(runtime, options) : preview(runtime, options),
      )
  review
    .command('list')
    .description('list the reviews, the newest first')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--json', 'print one JSON line')
    .action((options: Scope) => list(runtime, options))
  review
    .command('show')
    .description('show how far a review is')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--review <id>', 'id of the review')
    .option('--json', 'print one JSON line')
    .action((options: OfReview) => show(runtime, options))
  review
    .command('evidence')
    .description('print who held what, and who decided about it, when and why')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--review <id>', 'id of the review')
    .option('--format <format>', 'csv or json', 'csv')
    .action((options: OfReview & { format: string }) => evidence(runtime, options))
  addReviewLineCommands(review, runtime)
  addReviewChangeCommands(review, runtime)
  addTaskCommands(review, runtime)
}

async function inputOf(ctx: CallContext, options: ScheduleOptions) {
  const idsOf = (names: string[] | undefined, find: (ctx: CallContext, name: string) => Promise<{ id: string }>) =>
    names === undefined ? undefined : Promise.all(names.map(async (name) => (await find(ctx, name)).id))
  const { role, brand, directory, reviewer } = options
  return {
    ...{ name: options.name, fallbackId: options.fallback },
    ...{ reviewerRule: options.rule ?? (reviewer === undefined ? undefined : ('person' as const)) },
    reviewerId: reviewer ?? null,
    scope: {
      ...{ roleIds: await idsOf(role, resolveRole), brandIds: await idsOf(brand, resolveBrand) },
      ...{ isPrivileged: options.privileged, inactiveDays: options.inactive, isOutside: options.outside },
      directoryId: directory === undefined ? undefined : (await resolveDirectory(ctx, directory)).id,
    },
    ...{ noAnswer: options.unanswered, endDays: options.endDays ?? null, undoHours: options.undoHours },
    ...{ dueDays: options.dueDays, graceDays: options.graceDays, recurrence: options.repeat ?? null },
    startsAt: options.start ?? null,
  }
}

async function schedule(runtime: CliRuntime, options: ScheduleOptions): Promise<void> {
  const made = await inOrganization(runtime, options.organization, async (ctx) =>
    scheduleReview(ctx, await inputOf(ctx, options)),
  )
  const when = made.status === 'scheduled' ? `opens at ${made.startsAt}` : `is open, with ${made.lines} lines`
  print(runtime, options, { json: made, human: () => [`The review ${made.name} (${made.id}) ${when}`] })
}

async function preview(runtime: CliRuntime, options: ScheduleOptions): Promise<void> {
  const seen = await inOrganization(runtime, options.organization, async (ctx) =>
    previewReview(ctx, await inputOf(ctx, options)),
  )
  const human = () => [
    `${seen.lines} lines about ${seen.people} people: ${seen.privileged} privileged, ${seen.byMappings} by mappings`,
    `${seen.fallback} lines go to somebody else than the rule says, ${seen.unreviewable} to nobody`,
    ...seen.reviewers.map(({ name, lines }) => `${name}: ${lines}`),
  ]
  print(runtime, options, { json: seen, human })
}

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, (ctx) => listReviews(ctx, { limit: 1_000 }))
  printList(runtime, options, items, {
    ID: ({ id }) => id,
    NAME: ({ name }) => name,
    STATUS: ({ status, suspendedAt }) => (suspendedAt === null ? status : `${status}, suspended`),
    LINES: ({ lines }) => lines,
    UNANSWERED: ({ unanswered }) => unanswered,
    DUE: ({ dueAt }) => dueAt,
  })
}

async function show(runtime: CliRuntime, options: OfReview): Promise<void> {
  const { review, figures } = await inOrganization(runtime, options.organization, async (ctx) => {
    const found = await getReview(ctx, options.review)
    return { review: found, figures: await countLines(ctx, found.id) }
  })
  const human = () => [
    `${review.name}: ${review.status}${review.suspendedAt === null ? '' : ', suspended'}`,
    `Answered by: ${ruleInWords(review.reviewerRule).toLowerCase()}, else ${review.fallback.name}`,
    `No answer means: ${noAnswerInWords(review).toLowerCase()}. ${recurrenceInWords(review.recurrence)}`,
    `${review.lines} lines: ${figures.keep} keep, ${figures.remove} remove, ${figures.end} end, ${figures.unanswered} unanswered`,
    `${figures.pending} wait for the time to undo, ${figures.taken} taken, ${figures.refused} refused, ${figures.openTasks} tasks open`,
    ...(review.jsonSha256 === null ? [] : [`Evidence (SHA-256): CSV ${review.csvSha256}, JSON ${review.jsonSha256}`]),
  ]
  print(runtime, options, { json: { ...review, figures }, human })
}

/** As it was sealed: lines that already end keep their end. */
async function evidence(runtime: CliRuntime, options: OfReview & { format: string }): Promise<void> {
  const format = options.format === 'json' ? 'json' : 'csv'
  const parts = await inOrganization(runtime, options.organization, async (ctx) => {
    const texts: string[] = []
    for await (const part of await exportEvidence(ctx, { reviewId: options.review, format })) texts.push(part)
    return texts
  })
  runtime.print(parts.join('').replace(/\n$/, ''))
}

function addTaskCommands(review: Command, runtime: CliRuntime): void {
  review
    .command('tasks')
    .description('list what is to be done at the identity provider')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--all', 'also what is done')
    .option('--json', 'print one JSON line')
    .action(async (options: Scope & { all?: true }) => {
      const isOpen = options.all === true ? undefined : true
      const items = await inOrganization(runtime, options.organization, (ctx) =>
        listReviewTasks(ctx, { isOpen, limit: 1_000 }),
      )
      printList(runtime, options, items, {
        ID: ({ id }) => id,
        TASK: ({ user, groups, filter }) => taskInWords({ person: user.userName, groups, filter }),
        ROLE: ({ role }) => role.name,
        BRAND: ({ brand }) => brand?.name ?? '(organization)',
        STATUS: ({ status }) => status,
      })
    })
  review
    .command('cancel-task')
    .description('give the role back that a task holds back')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--task <id>', 'id of the task')
    .option('--json', 'print one JSON line')
    .action(async (options: Scope & { task: string }) => {
      await inOrganization(runtime, options.organization, (ctx) => giveBackTask(ctx, options.task))
      print(runtime, options, { json: { cancelled: options.task }, human: () => ['The role is held again'] })
    })
}

function aNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw new InvalidArgumentError('It must be a whole number.')
}
