// Changing many people at once: what and why, a preview of everybody, and an outcome for each.
import { type Context, Hono } from 'hono'
import { type BulkPreview, previewBulk } from '#access/people/bulk/preview-bulk.ts'
import { startUserChange } from '#access/people/bulk/start-user-change.ts'
import { getUserChange, listUserChangeOutcomes } from '#access/people/bulk/user-changes.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { AppError, notFound } from '#platform/errors.ts'
import { requireHeld, requirePermissionSomewhere } from '#src/context.ts'
import { type ConsoleEnv, frameOf } from '../../ui/env.ts'
import { emptyForm, endOfDay, textOf } from '../../ui/forms.ts'
import { brandOfScope, roleChoices } from '../../ui/role-choices.ts'
import { renderForm, submit } from '../../ui/submit.ts'
import { filterOf, parseQuery } from '../list/users-query.ts'
import { BulkFormPage } from './bulk-form-page.tsx'
import { type BulkKind, isBulkKind, kinds } from './bulk-kinds.ts'
import { BulkPreviewPage } from './bulk-pages.tsx'
import { ChangePage, shownOutcomes } from './change-page.tsx'

type BulkInput = Parameters<typeof previewBulk>[1]

/** @returns an app to be mounted at `/console/users/bulk` */
export function createBulkPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/changes/:id', async (c) => {
    const [frame, changeId] = [frameOf(c), c.req.param('id')]
    const outcomes = await listUserChangeOutcomes(frame.ctx, { changeId, limit: shownOutcomes })
    const change = await getUserChange(frame.ctx, changeId)
    return renderPage(c, <ChangePage {...{ frame, change, outcomes }} />)
  })

  pages.get('/:kind', async (c) => {
    const query = new URL(c.req.url).search.slice(1)
    return showForm(c, kindOf(c), { ...emptyForm, values: { query } })
  })

  pages.post('/:kind', async (c) => {
    const kind = kindOf(c)
    return submit(
      c,
      { again: (state) => showForm(c, kind, state), names: { brandId: 'scope', 'action.reason': 'reason' } },
      async (form) => {
        const input = inputOf(kind, form, c.get('ctx').clock.now())
        return showPreview(c, kind, form, await previewBulk(c.get('ctx'), input))
      },
    )
  })

  pages.post('/:kind/run', async (c) => {
    const [ctx, kind, form] = [c.get('ctx'), kindOf(c), await readForm(c)]
    // Filters that look back from now look back from when they were previewed.
    const input = inputOf(kind, form, timeOf(form['at']) ?? ctx.clock.now())
    try {
      const { id } = await startUserChange(ctx, { ...input, hash: form['hash'] ?? '' })
      return c.redirect(`/console/users/bulk/changes/${id}`, 303)
    } catch (error) {
      if (!(error instanceof AppError) || error.reason !== 'stale_preview') throw error
      return showPreview(c, kind, form, await previewBulk(ctx, input), { isStale: true })
    }
  })
  return pages
}

function timeOf(text: string | undefined): Date | undefined {
  const time = new Date(text ?? Number.NaN)
  return Number.isNaN(time.getTime()) ? undefined : time
}

function kindOf(c: Context<ConsoleEnv>): BulkKind {
  const kind = c.req.param('kind') ?? ''
  if (!isBulkKind(kind)) throw notFound('Page')
  const { needs } = kinds[kind]
  if (needs === 'users.write') requireHeld(c.get('ctx'), needs)
  else requirePermissionSomewhere(c.get('ctx'), needs)
  return kind
}

/** Whom and what the form is about, as the verbs take it. */
function inputOf(kind: BulkKind, form: Form, now: Date): BulkInput {
  const query = parseQuery(new URLSearchParams(form['query'] ?? ''))
  const { userName: _, email: __, userId: ___, ...filter } = filterOf(query, now)
  const action = actionOf(kind, form)
  return query.isAll
    ? { action, selection: { filter }, excluded: [...query.chosen] }
    : { action, selection: { userIds: [...query.chosen] } }
}

function actionOf(kind: BulkKind, form: Form): BulkInput['action'] {
  const [roleId, brandId] = [form['roleId'] ?? '', brandOfScope(form['scope'])]
  switch (kind) {
    case 'deactivate':
      return { kind, note: textOf(form, 'note'), returnsAt: endOfDay(form, 'returnsAt') }
    case 'reactivate':
      return { kind, restore: form['restore'] === 'none' ? 'none' : 'all' }
    case 'assign':
      return {
        ...{ kind, roleId, brandId, reason: form['reason'] ?? '' },
        ...{ expiresAt: endOfDay(form, 'expiresAt'), sponsor: textOf(form, 'sponsor') },
      }
    case 'unassign':
      return { kind, roleId, brandId }
  }
}

async function showForm(c: Context<ConsoleEnv>, kind: BulkKind, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const choices =
    kind === 'assign' || kind === 'unassign' ? await roleChoices(frame.ctx, 'assignments.write') : undefined
  return renderForm(c, state, <BulkFormPage {...{ frame, kind, state, choices }} />)
}

async function showPreview(
  c: Context<ConsoleEnv>,
  kind: BulkKind,
  form: Form,
  preview: BulkPreview,
  { isStale = false } = {},
): Promise<Response> {
  const frame = frameOf(c)
  const at = frame.ctx.clock.now().toISOString()
  return renderPage(c, <BulkPreviewPage {...{ frame, kind, form, preview, isStale, at }} />, {
    status: isStale ? 412 : 200,
  })
}
