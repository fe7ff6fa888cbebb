// `rolecall draft …`
import type { Command } from 'commander'
import { applyDraft, scheduleDraft, undoDraft } from '#access/drafts/apply-draft.ts'
import { type DraftRecord, listDrafts, previewDraft, previewUndo } from '#access/drafts/drafts.ts'
import { createDraft, discardDraft } from '#access/drafts/write-draft.ts'
import { takesSomething } from '#access/previews/preview.ts'
import { AppError } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { confirmOption, effectOf } from './make-change.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }
type One = Scope & { draft: string; yes?: true }

export function addDraftCommands(program: Command, runtime: CliRuntime): void {
  const draft = program.command('draft').description('several changes that are made and undone together')
  const verb = (name: string, description: string): Command =>
    draft
      .command(name)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .option('--json', 'print one JSON line')
  const ofOne = (name: string, description: string): Command =>
    verb(name, description).requiredOption('--draft <id>', 'id of the draft')
  verb('create', 'read changes from standard input: a JSON array, as POST /drafts takes it')
    .requiredOption('--name <name>', 'what the draft is called')
    .action((options: Scope & { name: string }) => create(runtime, options))
  verb('list', 'list the drafts, the newest first').action((options: Scope) => list(runtime, options))
  ofOne('preview', 'say what it would do').action(async (options: One) => {
    const shown = await inOrganization(runtime, options.organization, (ctx) => previewDraft(ctx, options.draft))
    print(runtime, options, { json: shown, human: () => [effectOf(shown)] })
  })
  ofOne('apply', 'make all of it, or nothing')
    .option('--at <time>', 'by itself at that time, e.g. 2030-01-01T00:00:00Z')
    .option(...confirmOption)
    .action((options: One & { at?: string }) => apply(runtime, options))
  ofOne('undo', 'take all of it back, or nothing')
    .option(...confirmOption)
    .action((options: One) => undo(runtime, options))
  ofOne('discard', 'throw it away').action(async (options: One) => {
    const made = await inOrganization(runtime, options.organization, (ctx) => discardDraft(ctx, options.draft))
    print(runtime, options, { json: made, human: () => [`The draft ${made.name} is discarded`] })
  })
}

async function create(runtime: CliRuntime, options: Scope & { name: string }): Promise<void> {
  const changes = changesOf(await runtime.readInput())
  const made = await inOrganization(runtime, options.organization, (ctx) =>
    createDraft(ctx, { name: options.name, changes }),
  )
  const human = () => [
    `The draft ${made.name} has ${made.changes.length} changes (${made.id}). Nothing of it is made yet`,
  ]
  print(runtime, options, { json: made, human })
}

function changesOf(text: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(text)
    if (Array.isArray(parsed)) return parsed
  } catch {
    // Said below.
  }
  throw new AppError('invalid', 'Standard input is no JSON array of changes', { reason: 'invalidValue' })
}

/** What takes something from somebody is to be said twice. */
async function seen(options: One, preview: ReturnType<typeof previewDraft>): Promise<{ hash: string; effect: string }> {
  const shown = await preview
  if (options.yes !== true && takesSomething(shown))
    throw new AppError(
      'precondition_required',
      `Nothing is changed yet. ${effectOf(shown)}. Repeat it with --yes to go on`,
    )
  return { hash: shown.hash, effect: effectOf(shown) }
}

async function apply(runtime: CliRuntime, options: One & { at?: string }): Promise<void> {
  const { draft: draftId, at: applyAt } = options
  const { made, effect } = await inOrganization(runtime, options.organization, async (ctx: CallContext) => {
    const { hash, effect: shown } = await seen(options, previewDraft(ctx, draftId))
    const done: DraftRecord =
      applyAt === undefined
        ? await applyDraft(ctx, { draftId, hash })
        : await scheduleDraft(ctx, { draftId, hash, applyAt })
    return { made: done, effect: shown }
  })
  const what = applyAt === undefined ? 'is made' : `is made by itself at ${applyAt}`
  print(runtime, options, { json: made, human: () => [`The draft ${made.name} ${what}. ${effect}`] })
}

async function undo(runtime: CliRuntime, options: One): Promise<void> {
  const { made, effect } = await inOrganization(runtime, options.organization, async (ctx) => {
    const { hash, effect: shown } = await seen(options, previewUndo(ctx, options.draft))
    return { made: await undoDraft(ctx, { draftId: options.draft, hash }), effect: shown }
  })
  print(runtime, options, { json: made, human: () => [`The draft ${made.name} is undone. ${effect}`] })
}

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, (ctx) => listDrafts(ctx, { limit: 200 }))
  printList(runtime, options, items, {
    NAME: ({ name }) => name,
    STATUS: ({ status }) => status,
    CHANGES: ({ changes }) => String(changes.length),
    AT: ({ applyAt }) => applyAt,
    ID: ({ id }) => id,
  })
}
