// Errors as pages: what happened in plain words, what to do next, and a code by which an administrator finds the details.
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { asAppError, type ErrorCode } from '#platform/errors.ts'
import type { AppEnv } from './env.ts'
import { type PageElement, renderPage } from './pages.ts'
import { wordsFor } from './reader.ts'
import { ErrorPage, type ErrorPageProps } from './ui/error-page.tsx'

type Kind = { status: ContentfulStatusCode; retryAfter?: string; isToldWhy?: boolean }

const kinds = {
  invalid: { status: 400, isToldWhy: true },
  unauthenticated: { status: 401 },
  forbidden: { status: 403 },
  not_found: { status: 404 },
  conflict: { status: 409, isToldWhy: true },
  precondition_failed: { status: 412 },
  against_policy: { status: 422, isToldWhy: true },
  precondition_required: { status: 428 },
  too_large: { status: 413 },
  gone: { status: 410 },
  too_many: { status: 429, retryAfter: '60' },
  unavailable: { status: 503, retryAfter: '5' },
  internal: { status: 500 },
} satisfies Record<ErrorCode, Kind>

/** The page for whatever was thrown; for `onError` of rooms that answer with pages. What is our fault is logged. @param draw the room's own page around it */
export async function renderErrorPage<E extends AppEnv>(
  c: Context<E>,
  thrown: unknown,
  draw: (props: ErrorPageProps) => PageElement = ErrorPage,
): Promise<Response> {
  const error = asAppError(thrown)
  const { status, retryAfter, isToldWhy = false }: Kind = kinds[error.code]
  const reference = c.var.requestId
  if (error.code === 'internal' || error.code === 'unavailable') {
    const fields = { error: error.cause ?? error, code: error.code, requestId: reference }
    c.var.log.error(fields, 'A page failed on our side')
  }
  if (error.code === 'unavailable') c.set('isWithoutDatabase', true)
  if (retryAfter !== undefined) c.header('Retry-After', retryAfter)
  // A refusal by the ceiling names the person and the permission, so that somebody who holds as much can be asked.
  const detail = isToldWhy || error.reason === 'ceiling' ? `${error.message}.` : undefined
  const isForbidden = error.code === 'forbidden'
  // Whoever asks says what was refused, so that nobody has to guess which right is missing.
  const t = await wordsFor(c)
  const askForAccess = { label: t('frame.askForAccess'), href: '/account#ask' }
  const asking = isForbidden ? { refused: error.message, action: askForAccess } : {}
  // What is not kept any more reads like what is not there.
  const fault = error.code === 'gone' ? 'not_found' : error.code
  const [title, advice] = [t(`fault.${fault}.title`), t(`fault.${fault}.advice`)]
  return renderPage(c, draw({ title, detail, advice, reference, ...asking }), { status })
}
