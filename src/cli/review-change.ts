// `rolecall review close`, `suspend`, `resume`, `cancel`, `take-over`, `restore`
import type { Command } from 'commander'
import { cancelReview, resumeReview, suspendReview, takeOverReview } from '#access/reviews/change-review.ts'
import { type ClosingPreview, closeReview, previewClosing } from '#access/reviews/close-review.ts'
import { restoreReview } from '#access/reviews/restore-review.ts'
import { AppError } from '#platform/errors.ts'
import { type OutputOptions, print } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Options = OutputOptions & { organization: string; review: string }
type RestoreOptions = Options & { line?: string[] }

const changes = {
  suspend: { description: 'nothing of it happens until it is resumed', change: suspendReview },
  resume: { description: 'go on with it; its dates move by the time it was suspended', change: resumeReview },
  cancel: { description: 'what has not taken effect never will', change: cancelReview },
  'take-over': { description: 'have answers take effect in the operator’s name', change: takeOverReview },
} as const

export function addReviewChangeCommands(review: Command, runtime: CliRuntime): void {
  const command = (name: string, description: string): Command =>
    review
      .command(name)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .requiredOption('--review <id>', 'id of the review')
      .option('--json', 'print one JSON line')
  command('close', 'close it: what nobody answered is answered by what no answer means')
    .option('--yes', 'go on with what closing does')
    .action((options: Options & { yes?: true }) => close(runtime, options))
  for (const [name, { description, change }] of Object.entries(changes))
    command(name, description).action(async (options: Options) => {
      const done = await inOrganization(runtime, options.organization, (ctx) => change(ctx, options.review))
      const state = done.suspendedAt === null ? done.status : `${done.status}, suspended`
      print(runtime, options, { json: done, human: () => [`${done.name}: ${state}`] })
    })
  command('restore', 'give back what it took')
    .option('--line <number...>', 'only these lines')
    .action((options: RestoreOptions) => restore(runtime, options))
}

const inWords = (seen: ClosingPreview): string =>
  [
    `${seen.unanswered} lines are unanswered: ${seen.keptByDefault} are kept, ${seen.removedByDefault} removed, ${seen.endedByDefault} given an end date`,
    `in all, ${seen.assignmentsRemoved} assignments are removed and ${seen.assignmentsEnded} end, ${seen.tasks} roles that mappings give become tasks, ${seen.teamsLeft} are taken out of teams, ${seen.accountsDeactivated} accounts are deactivated, at ${seen.effectiveAt}`,
  ].join('; ')

async function close(runtime: CliRuntime, options: Options & { yes?: true }): Promise<void> {
  const { closed, seen } = await inOrganization(runtime, options.organization, async (ctx) => {
    const foretold = await previewClosing(ctx, options.review)
    if (options.yes !== true)
      throw new AppError(
        'precondition_required',
        `Nothing is changed yet. ${inWords(foretold)}. Repeat it with --yes to go on`,
      )
    const { hash } = foretold
    return { closed: await closeReview(ctx, { reviewId: options.review, hash }), seen: foretold }
  })
  print(runtime, options, { json: closed, human: () => [`${closed.name}: ${closed.status}. ${inWords(seen)}`] })
}

async function restore(runtime: CliRuntime, options: RestoreOptions): Promise<void> {
  const input = { reviewId: options.review, lines: options.line?.map(Number) }
  const done = await inOrganization(runtime, options.organization, (ctx) => restoreReview(ctx, input))
  const human = () => [`Given back: ${done.restored}; could not be: ${done.failed}; still to come: ${done.left}`]
  print(runtime, options, { json: done, human })
}
