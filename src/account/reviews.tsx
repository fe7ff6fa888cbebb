// My reviews: what a person is asked to look at, whoever they are. Every answer is a form of its own page or of the list.
import { type Context, Hono } from 'hono'
import { getOwnAccess, type OwnAccess } from '#access/people/own/own-access.ts'
import { answerLines } from '#access/reviews/lines/answer-lines.ts'
import type { LineState, ReviewLine } from '#access/reviews/lines/lines.ts'
import { getOwnReview, listOwnLines, listOwnReviews } from '#access/reviews/lines/own-lines.ts'
import { passOnLines } from '#access/reviews/lines/pass-on-lines.ts'
import type { AppEnv } from '#http/env.ts'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import { requireSession } from '#http/require-session.tsx'
import { ownContext, readSession } from '#http/session.ts'
import type { FormState } from '#http/ui/form.tsx'
import { emptyForm, refusedForm } from '#http/ui/form-state.ts'
import { AppError, notFound } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import type { AccountServices } from './env.ts'
import { ReviewLinePage } from './review-line-page.tsx'
import { type OwnQuery, ownHref, ReviewLinesPage } from './review-lines-page.tsx'
import { ReviewsPage } from './reviews-page.tsx'

const pageSize = 50

/** @returns an app to be mounted at `/account/reviews` */
export function createReviewPages(services: AccountServices): Hono<AppEnv> {
  const pages = new Hono<AppEnv>()
  pages.use(requireSameOrigin({ origin: services.urls.origin }), readSession(services), requireSession(services))
  const contextOf = (c: Context<AppEnv>): CallContext => ownContext(services, c)

  pages.get('/', async (c) => {
    const ctx = contextOf(c)
    const [person, reviews] = await Promise.all([getOwnAccess(ctx), listOwnReviews(ctx)])
    return renderPage(c, <ReviewsPage {...{ person, reviews }} />)
  })

  pages.get('/:id', (c) => showLines(c, contextOf(c), queryOf(c), undefined))

  pages.post('/:id/answers', async (c) => {
    const [ctx, form, reviewId] = [contextOf(c), await readForm(c), c.req.param('id')]
    const query = parsedQuery(new URLSearchParams(form['query'] ?? ''))
    const [answer = '', one] = (form['do'] ?? '').split('.')
    if (answer !== 'keep' && answer !== 'remove') throw notFound('Page')
    const lines = one === undefined ? chosenLines(form) : [Number(one)]
    try {
      await answerLines(ctx, { reviewId, lines, answer })
    } catch (error) {
      return showLines(c, ctx, query, refusalOf(error))
    }
    return c.redirect(`${ownHref(reviewId, query)}#lines`, 303)
  })

  pages.get('/:id/lines/:position', (c) => showLine(c, contextOf(c), {}))

  pages.post('/:id/lines/:position/answer', async (c) => {
    const [ctx, form] = [contextOf(c), await readForm(c)]
    const date = form['endAt']?.trim() ?? ''
    const answer = answerOf(form['answer'])
    const input = {
      ...{ ...at(c), answer, comment: form['comment'] },
      endAt: answer === 'end' && date !== '' ? `${date}T23:59:59.000Z` : null,
    }
    return sent(c, ctx, 'answering', form, () => answerLines(ctx, input))
  })

  pages.post('/:id/lines/:position/pass-on', async (c) => {
    const [ctx, form] = [contextOf(c), await readForm(c)]
    const input = { ...at(c), to: form['to'] ?? '', reason: form['reason'] ?? '' }
    return sent(c, ctx, 'passing', form, () => passOnLines(ctx, input))
  })
  return pages
}

const at = (c: Context<AppEnv>) => ({ reviewId: c.req.param('id') ?? '', lines: [Number(c.req.param('position'))] })

const answerOf = (text: string | undefined) =>
  (['keep', 'remove', 'end', 'withdraw'] as const).find((answer) => answer === text) ?? 'keep'

const chosenLines = (form: Form): number[] =>
  Object.keys(form)
    .filter((name) => name.startsWith('line.'))
    .map((name) => Number(name.slice('line.'.length)))

const states: readonly LineState[] = ['unanswered', 'answered', 'pending', 'taken', 'refused']

function parsedQuery(params: URLSearchParams): OwnQuery {
  const [state, advice, q, after] = ['state', 'advice', 'q', 'after'].map((name) => params.get(name) ?? '')
  return {
    state: state === 'all' ? 'all' : (states.find((each) => each === state) ?? 'unanswered'),
    advice: (['keep', 'remove', 'end'] as const).find((each) => each === advice),
    q: q === undefined || q === '' ? undefined : q.slice(0, 200),
    after: /^\d{1,9}$/.test(after ?? '') ? Number(after) : undefined,
  }
}

const queryOf = (c: Context<AppEnv>): OwnQuery => parsedQuery(new URL(c.req.url).searchParams)

/** What can be put right is said on the page. @throws whatever else it is */
function refusalOf(error: unknown): string {
  if (error instanceof AppError && ['invalid', 'conflict', 'forbidden'].includes(error.code))
    return error.fields?.[0]?.message ?? error.message
  throw error
}

async function showLines(
  c: Context<AppEnv>,
  ctx: CallContext,
  query: OwnQuery,
  refusal: string | undefined,
): Promise<Response> {
  const reviewId = c.req.param('id') ?? ''
  const { state, advice, q, after } = query
  const filter = { state: state === 'all' ? undefined : state, advice, q }
  const [person, review] = await Promise.all([getOwnAccess(ctx), getOwnReview(ctx, reviewId)])
  const found = await listOwnLines(ctx, { reviewId, filter, after, limit: pageSize + 1 })
  const lines = found.slice(0, pageSize)
  const hasMore = found.length > pageSize
  const page = <ReviewLinesPage {...{ person, review, lines, hasMore, query, refusal }} />
  return renderPage(c, page, { status: refusal === undefined ? 200 : 409 })
}

type Shown = { answering?: FormState; passing?: FormState }

async function showLine(c: Context<AppEnv>, ctx: CallContext, shown: Shown): Promise<Response> {
  const { reviewId, lines } = at(c)
  const person: OwnAccess = await getOwnAccess(ctx)
  const [review, line] = await Promise.all([getOwnReview(ctx, reviewId), ownLine(ctx, reviewId, lines[0] ?? 0)])
  const page = (
    <ReviewLinePage
      {...{ person, review, line }}
      answering={shown.answering ?? emptyForm}
      passing={shown.passing ?? emptyForm}
    />
  )
  const isRefused = shown.answering !== undefined || shown.passing !== undefined
  return renderPage(c, page, { status: isRefused ? 400 : 200 })
}

/** @throws AppError not_found */
async function ownLine(ctx: CallContext, reviewId: string, position: number): Promise<ReviewLine> {
  const after = Number.isSafeInteger(position) && position > 0 && position < 2 ** 31 ? position - 1 : 2 ** 31 - 1
  const [line] = await listOwnLines(ctx, { reviewId, filter: {}, after, limit: 1 })
  if (line === undefined || line.position !== position) throw notFound('Line of the access review')
  return line
}

async function sent(
  c: Context<AppEnv>,
  ctx: CallContext,
  which: keyof Shown,
  form: Form,
  act: () => Promise<unknown>,
): Promise<Response> {
  try {
    await act()
  } catch (error) {
    return showLine(c, ctx, { [which]: refusedForm(form, error) })
  }
  return c.redirect(`/account/reviews/${c.req.param('id')}#lines`, 303)
}
