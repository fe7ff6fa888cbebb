// Drafts of changes: put together from previews, approved, made now or at a time, and taken back.
import { type Context, Hono } from 'hono'
import { applyDraft, draftUndo, scheduleDraft, undoDraft, unscheduleDraft } from '#access/drafts/apply-draft.ts'
import { approveDraft, rejectDraft, submitDraft } from '#access/drafts/decide-draft.ts'
import { getDraft, listDrafts, previewDraft, previewUndo } from '#access/drafts/drafts.ts'
import { addToDraft, changeDraft, createDraft, discardDraft } from '#access/drafts/write-draft.ts'
import type { Preview } from '#access/previews/shown.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { AppError, invalid } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm, filledForm, textOf } from '../ui/forms.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { ChooseDraftPage, DraftPage, DraftsPage, UndoPage } from './draft-pages.tsx'
import { changesInWords } from './words.ts'

const pageSize = 50

/** A change of many is long. */
const changeBytes = 1_048_576

const hrefOf = (id: string): string => `/console/drafts/${id}`

/** @returns an app to be mounted at `/console/drafts` */
export function createDrafts(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => {
    const before = c.req.query('before')
    const after = isId('dft', before ?? '') ? before : undefined
    const rows = await listDrafts(c.get('ctx'), { after, limit: pageSize + 1 })
    const drafts = rows.slice(0, pageSize)
    const next = rows.length > pageSize ? drafts.at(-1)?.id : undefined
    return renderPage(c, <DraftsPage frame={frameOf(c)} {...{ drafts, next }} />)
  })

  pages.post('/choose', async (c) => {
    const form = await readForm(c, { maxBytes: changeBytes })
    return showChoice(c, form, filledForm({ name: form['title'] ?? '' }))
  })

  pages.post('/add', async (c) => {
    const form = await readForm(c, { maxBytes: changeBytes })
    return submit(c, { again: (state) => showChoice(c, form, state) }, async () => {
      const [ctx, draftId, change] = [c.get('ctx'), textOf(form, 'draftId'), parsed(form['change'])]
      const { id } =
        draftId === undefined
          ? await createDraft(ctx, { name: form['name'] ?? '', changes: [change] })
          : await addToDraft(ctx, { draftId, change })
      return `${hrefOf(id)}?done=saved`
    })
  })

  pages.get('/:id', (c) => showDraft(c, emptyForm))
  addDecisions(pages)
  addMaking(pages)
  return pages
}

function addDecisions(pages: Hono<ConsoleEnv>): void {
  pages.post('/:id/remove', async (c) => {
    const [ctx, id, form] = [c.get('ctx'), c.req.param('id'), await readForm(c)]
    const { changes } = await getDraft(ctx, id)
    const index = Number(form['index'])
    await changeDraft(ctx, { draftId: id, changes: changes.filter((_, at) => at !== index) })
    return c.redirect(`${hrefOf(id)}?done=saved`, 303)
  })

  pages.post('/:id/submit', async (c) => {
    await submitDraft(c.get('ctx'), c.req.param('id'))
    return c.redirect(`${hrefOf(c.req.param('id'))}?done=asked`, 303)
  })

  pages.post('/:id/approve', (c) =>
    hashed(c, async (draftId, hash) => {
      await approveDraft(c.get('ctx'), { draftId, hash })
      return 'approved'
    }),
  )

  pages.post('/:id/reject', (c) =>
    submit(c, { again: (state) => showDraft(c, state) }, async (form) => {
      const draftId = c.req.param('id')
      await rejectDraft(c.get('ctx'), { draftId, note: form['note'] ?? '' })
      return `${hrefOf(draftId)}?done=sentBack`
    }),
  )

  pages.post('/:id/discard', async (c) => {
    await discardDraft(c.get('ctx'), c.req.param('id'))
    return c.redirect(`${hrefOf(c.req.param('id'))}?done=discarded`, 303)
  })
}

function addMaking(pages: Hono<ConsoleEnv>): void {
  pages.post('/:id/apply', (c) =>
    hashed(c, async (draftId, hash) => {
      await applyDraft(c.get('ctx'), { draftId, hash })
      return 'saved'
    }),
  )

  pages.post('/:id/schedule', (c) =>
    submit(c, { again: (state) => showDraft(c, state) }, async (form) => {
      const draftId = c.req.param('id')
      const applyAt = `${form['applyAt'] ?? ''}:00Z`
      await scheduleDraft(c.get('ctx'), { draftId, hash: form['hash'] ?? '', applyAt })
      return `${hrefOf(draftId)}?done=saved`
    }),
  )

  pages.post('/:id/unschedule', async (c) => {
    await unscheduleDraft(c.get('ctx'), c.req.param('id'))
    return c.redirect(`${hrefOf(c.req.param('id'))}?done=saved`, 303)
  })

  pages.get('/:id/undo', async (c) => {
    const frame = frameOf(c)
    const draft = await getDraft(frame.ctx, c.req.param('id'))
    const tried = await attempt(() => previewUndo(frame.ctx, draft.id))
    return renderPage(c, <UndoPage {...{ frame, draft, ...tried }} />)
  })

  pages.post('/:id/undo', (c) =>
    hashed(c, async (draftId, hash) => {
      await undoDraft(c.get('ctx'), { draftId, hash })
      return 'takenBack'
    }),
  )

  pages.post('/:id/draft-undo', async (c) => {
    const { id } = await draftUndo(c.get('ctx'), c.req.param('id'))
    return c.redirect(`${hrefOf(id)}?done=created`, 303)
  })
}

/** What was shown is made, or the draft is shown anew as it is by now. */
async function hashed(
  c: Context<ConsoleEnv>,
  act: (draftId: string, hash: string) => Promise<string>,
): Promise<Response> {
  const draftId = c.req.param('id') ?? ''
  const { hash = '' } = await readForm(c)
  try {
    return c.redirect(`${hrefOf(draftId)}?done=${await act(draftId, hash)}`, 303)
  } catch (error) {
    if (!(error instanceof AppError) || error.reason !== 'stale_preview') throw error
    return showDraft(c, emptyForm, { status: 412 })
  }
}

function parsed(text = ''): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('The form does not hold a change; go back and start again')
  }
}

async function showChoice(c: Context<ConsoleEnv>, form: Form, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const open = (await listDrafts(frame.ctx, { limit: 200 })).filter(({ status }) =>
    ['open', 'waiting', 'approved'].includes(status),
  )
  const { change = '', title = '' } = form
  // What somebody has begun is what they go on with, unless they have chosen otherwise already.
  const begun = open.find(({ status, createdBy }) => status === 'open' && createdBy.id === frame.ctx.actor.id)
  const chosen = form['draftId'] ?? begun?.id
  return renderForm(c, state, <ChooseDraftPage {...{ frame, state, change, title, open, chosen }} />)
}

/** What a trial shows, or why it cannot be made. */
async function attempt(
  work: () => Promise<Preview>,
): Promise<{ preview: Preview | undefined; fault: string | undefined }> {
  try {
    return { preview: await work(), fault: undefined }
  } catch (error) {
    if (!(error instanceof AppError) || ['internal', 'unavailable'].includes(error.code)) throw error
    return { preview: undefined, fault: error.message }
  }
}

async function showDraft(
  c: Context<ConsoleEnv>,
  state: FormState,
  { status }: { status?: 412 } = {},
): Promise<Response> {
  const frame = frameOf(c)
  const draft = await getDraft(frame.ctx, c.req.param('id') ?? '')
  const words = await changesInWords(frame.ctx, draft.changes, frame.manager.organization.name)
  const isPending = ['open', 'waiting', 'approved'].includes(draft.status)
  const tried = isPending
    ? await attempt(() => previewDraft(frame.ctx, draft.id))
    : { preview: undefined, fault: undefined }
  const isSecond = !draft.hands.includes(frame.manager.userId)
  const page = <DraftPage {...{ frame, state, draft, words, isSecond, ...tried }} />
  return status === undefined ? renderForm(c, state, page) : renderPage(c, page, { status })
}
