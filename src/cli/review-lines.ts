// `rolecall review lines`, `answer`, `pass-on`
import type { Command } from 'commander'
import { answerLines } from '#access/reviews/lines/answer-lines.ts'
import { type LineState, listReviewLines, type ReviewLine } from '#access/reviews/lines/lines.ts'
import { passOnLines } from '#access/reviews/lines/pass-on-lines.ts'
import { adviceInWords, answerInWords, outcomeInWords, sourceOfLine } from '#words/reviews.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Options = OutputOptions & { organization: string; review: string }
type ListOptions = Options & { state?: LineState }
type AnswerOptions = Options & { line: string[]; answer: 'keep'; until?: string; comment?: string }
type PassOnOptions = Options & { line: string[]; to: string; reason: string }

export function addReviewLineCommands(review: Command, runtime: CliRuntime): void {
  const command = (name: string, description: string): Command =>
    review
      .command(name)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .requiredOption('--review <id>', 'id of the review')
      .option('--json', 'print one JSON line')
  command('lines', 'list the lines of a review')
    .option('--state <state>', 'unanswered, answered, pending, taken or refused')
    .action((options: ListOptions) => list(runtime, options))
  command('answer', 'answer lines')
    .requiredOption('--line <number...>', 'their numbers')
    .requiredOption('--answer <answer>', 'keep, remove, end or withdraw')
    .option('--until <time>', 'of the answer end, such as 2030-01-31T12:00:00Z')
    .option('--comment <text>', 'why')
    .action((options: AnswerOptions) => answer(runtime, options))
  command('pass-on', 'have somebody else answer lines')
    .requiredOption('--line <number...>', 'their numbers')
    .requiredOption('--to <name>', 'user name, address or id')
    .requiredOption('--reason <text>', 'why')
    .action((options: PassOnOptions) => passOn(runtime, options))
}

const pageSize = 500

async function list(runtime: CliRuntime, options: ListOptions): Promise<void> {
  const items = await inOrganization(runtime, options.organization, async (ctx) => {
    const all: ReviewLine[] = []
    for (let after = 0; ; ) {
      const filter = { state: options.state }
      const found = await listReviewLines(ctx, { reviewId: options.review, filter, after, limit: pageSize })
      all.push(...found)
      after = found.at(-1)?.position ?? 0
      if (found.length < pageSize) return all
    }
  })
  printList(runtime, options, items, {
    LINE: ({ position }) => position,
    PERSON: ({ user }) => user.userName,
    ROLE: ({ role }) => role?.name ?? '(account)',
    BRAND: ({ brand }) => brand?.name ?? '(organization)',
    THROUGH: ({ source }) => sourceOfLine(source),
    ADVICE: (line) => adviceInWords(line),
    ANSWER: ({ answer: given }) => (given === null ? '' : answerInWords(given.answer)),
    OUTCOME: ({ outcome, message }) => (outcome === null ? '' : (message ?? outcomeInWords(outcome))),
  })
}

async function answer(runtime: CliRuntime, options: AnswerOptions): Promise<void> {
  const { review: reviewId, until: endAt = null, comment = null } = options
  const input = { reviewId, lines: options.line.map(Number), answer: options.answer, endAt, comment }
  const done = await inOrganization(runtime, options.organization, (ctx) => answerLines(ctx, input))
  print(runtime, options, { json: done, human: () => [`Lines answered: ${done.answered}`] })
}

async function passOn(runtime: CliRuntime, options: PassOnOptions): Promise<void> {
  const { review: reviewId, to, reason } = options
  const input = { reviewId, lines: options.line.map(Number), to, reason }
  const done = await inOrganization(runtime, options.organization, (ctx) => passOnLines(ctx, input))
  print(runtime, options, { json: done, human: () => [`Lines passed on: ${done.passedOn}`] })
}
