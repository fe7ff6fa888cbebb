// Access reviews: the campaigns, a new one with its preview, how far one is, and the switches that it has.
import { type Context, Hono } from 'hono'
import { listBrands } from '#access/grants/brands/brands.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { cancelReview, resumeReview, suspendReview, takeOverReview } from '#access/reviews/change-review.ts'
import { closeReview, previewClosing } from '#access/reviews/close-review.ts'
import { countLines, listReviewLines } from '#access/reviews/lines/lines.ts'
import { restoreReview } from '#access/reviews/restore-review.ts'
import { previewReview, scheduleReview } from '#access/reviews/schedule-review.ts'
import { getReview, listReviews, type ReviewStatus } from '#access/reviews/scope/reviews.ts'
import { listDirectories } from '#connections/directories/directories.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import type { FormState } from '#http/ui/form.tsx'
import { AppError } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { brandsPermitted, isPermitted, requirePermissionSomewhere } from '#src/context.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm } from '../ui/forms.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { createEvidencePages } from './evidence.tsx'
import { createLinePages } from './line.tsx'
import { ReviewFormPage, type ScopeOptions } from './review-form-page.tsx'
import { fieldNames, inputOf } from './review-input.ts'
import { ReviewPage } from './review-page.tsx'
import { ReviewPreviewPage } from './review-preview-page.tsx'
import { ReviewsPage } from './reviews-page.tsx'
import { CancelPage, ClosePage, RestorePage } from './switch-pages.tsx'
import { createTaskPages } from './tasks.tsx'

const pageSize = 50
const maxBrands = 1_000
const statuses: readonly ReviewStatus[] = ['scheduled', 'open', 'closing', 'closed', 'cancelled']

/** @returns an app to be mounted at `/console/reviews` */
export function createReviews(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.route('/tasks', createTaskPages())

  pages.get('/', async (c) => {
    const [frame, after] = [frameOf(c), c.req.query('after')]
    const status = statuses.find((each) => each === c.req.query('status')) ?? null
    const from = after !== undefined && isId('rev', after) ? after : null
    const found = await listReviews(frame.ctx, { status, after: from, limit: pageSize + 1 })
    const reviews = found.slice(0, pageSize)
    return renderPage(
      c,
      <ReviewsPage {...{ frame, reviews, status, isFirst: from === null }} hasMore={found.length > pageSize} />,
    )
  })

  pages.get('/new', (c) => showForm(c, emptyForm))

  pages.post('/preview', (c) =>
    submit(c, { again: (state) => showForm(c, state), names: fieldNames }, async (form) => {
      const [frame, input] = [frameOf(c), inputOf(form, c.get('manager').userId)]
      const preview = await previewReview(frame.ctx, input)
      return renderPage(c, <ReviewPreviewPage {...{ frame, form, input, preview }} />)
    }),
  )

  pages.post('/', (c) =>
    submit(c, { again: (state) => showForm(c, state), names: fieldNames }, async (form) => {
      const { id } = await scheduleReview(c.get('ctx'), inputOf(form, c.get('manager').userId))
      return `/console/reviews/${id}?done=created`
    }),
  )

  pages.get('/:id', async (c) => {
    const [frame, reviewId] = [frameOf(c), c.req.param('id')]
    const review = await getReview(frame.ctx, reviewId)
    const { state = '', advice = '', q = '', privileged = '', after = '' } = c.req.query()
    const filter = {
      state: (['unanswered', 'answered', 'pending', 'taken', 'refused'] as const).find((each) => each === state),
      advice: (['keep', 'remove', 'end'] as const).find((each) => each === advice),
      q: q === '' ? undefined : q.slice(0, 200),
      isPrivileged: privileged === 'yes' ? true : undefined,
    }
    const from = /^\d{1,9}$/.test(after) ? Number(after) : undefined
    const [figures, found] = await Promise.all([
      countLines(frame.ctx, reviewId),
      listReviewLines(frame.ctx, { reviewId, filter, after: from, limit: pageSize + 1 }),
    ])
    const [lines, hasMore] = [found.slice(0, pageSize), found.length > pageSize]
    const query = { state, advice, q, privileged }
    return renderPage(
      c,
      <ReviewPage {...{ frame, review, figures, lines, hasMore, query, isFirst: from === undefined }} />,
    )
  })

  pages.get('/:id/close', (c) => showClosing(c))

  pages.post('/:id/close', async (c) => {
    const [ctx, reviewId] = [c.get('ctx'), c.req.param('id')]
    const { hash = '' } = await readForm(c)
    try {
      await closeReview(ctx, { reviewId, hash })
    } catch (error) {
      if (!(error instanceof AppError) || error.reason !== 'stale_preview') throw error
      return showClosing(c, { isStale: true })
    }
    return c.redirect(`/console/reviews/${reviewId}?done=saved`, 303)
  })

  for (const [verb, change] of Object.entries({
    suspend: suspendReview,
    resume: resumeReview,
    'take-over': takeOverReview,
  }))
    pages.post(`/:id/${verb}`, async (c) => {
      const { id } = await change(c.get('ctx'), c.req.param('id') ?? '')
      return c.redirect(`/console/reviews/${id}?done=saved`, 303)
    })

  pages.get('/:id/cancel', (c) => showCancel(c, emptyForm))

  pages.post('/:id/cancel', async (c) => {
    const review = await getReview(c.get('ctx'), c.req.param('id'))
    return submit(c, { again: (state) => showCancel(c, state), word: review.name }, async () => {
      await cancelReview(c.get('ctx'), review.id)
      return `/console/reviews/${review.id}?done=saved`
    })
  })

  pages.get('/:id/restore', (c) => showRestore(c, emptyForm))

  pages.post('/:id/restore', (c) =>
    submit(c, { again: (state) => showRestore(c, state) }, async () => {
      const reviewId = c.req.param('id')
      await restoreReview(c.get('ctx'), { reviewId })
      return `/console/reviews/${reviewId}?state=taken&done=saved`
    }),
  )

  pages.route('/', createEvidencePages())
  pages.route('/', createLinePages())
  return pages
}

async function optionsOf(c: Context<ConsoleEnv>): Promise<ScopeOptions> {
  const ctx = c.get('ctx')
  const readable = { ...ctx, permissions: 'all' as const }
  const reach = brandsPermitted(ctx, 'assignments.write')
  const [roles, brands, directories] = await Promise.all([
    listRoles(readable),
    listBrands(readable, { limit: maxBrands }),
    isPermitted(ctx, 'directories.read') ? listDirectories(ctx) : [],
  ])
  return {
    roles,
    brands: brands.filter(({ id }) => reach === 'all' || reach.includes(id)),
    directories,
    hasOrganization: reach === 'all',
  }
}

async function showForm(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  requirePermissionSomewhere(frame.ctx, 'assignments.write')
  return renderForm(c, state, <ReviewFormPage {...{ frame, state }} options={await optionsOf(c)} />)
}

async function showClosing(c: Context<ConsoleEnv>, { isStale = false } = {}): Promise<Response> {
  const [frame, reviewId] = [frameOf(c), c.req.param('id') ?? '']
  const [review, preview] = await Promise.all([getReview(frame.ctx, reviewId), previewClosing(frame.ctx, reviewId)])
  return renderPage(c, <ClosePage {...{ frame, review, preview, isStale }} />, { status: isStale ? 412 : 200 })
}

async function showCancel(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const review = await getReview(frame.ctx, c.req.param('id') ?? '')
  return renderForm(c, state, <CancelPage {...{ frame, review, state }} />)
}

async function showRestore(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const [frame, reviewId] = [frameOf(c), c.req.param('id') ?? '']
  const [review, figures] = await Promise.all([getReview(frame.ctx, reviewId), countLines(frame.ctx, reviewId)])
  return renderForm(c, state, <RestorePage {...{ frame, review, figures, state }} />)
}
