// Errors as pages: what happened in plain words, what to do next, and a code by which an administrator finds the details.
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { asAppError, type ErrorCode } from '#platform/errors.ts'
import type { AppEnv } from './env.ts'
import { type PageElement, renderPage } from './pages.ts'
import { ErrorPage, type ErrorPageProps } from './ui/error-page.tsx'

type Kind = { status: ContentfulStatusCode; title: string; advice: string; retryAfter?: string; isToldWhy?: boolean }

const kinds = {
  invalid: {
    status: 400,
    title: 'That did not work',
    advice: 'Something in the request was not as we expect it. Go back, check what you entered and try again.',
    isToldWhy: true,
  },
  unauthenticated: {
    status: 401,
    title: 'Please sign in',
    advice: 'You are not signed in, or no longer. Sign in and try again.',
  },
  forbidden: {
    status: 403,
    title: 'You do not have access to this',
    advice: 'If you need it for your work, ask an administrator of your organization.',
  },
  not_found: {
    status: 404,
    title: 'There is nothing here',
    advice: 'The link may be old or mistyped. Check the address, or go back to where you came from.',
  },
  conflict: {
    status: 409,
    title: 'This is already taken',
    advice: 'What you entered conflicts with something that exists. Go back and choose something else.',
    isToldWhy: true,
  },
  precondition_failed: {
    status: 412,
    title: 'Someone was faster',
    advice: 'This was changed meanwhile. Go back, reload the page and make your change again.',
  },
  against_policy: {
    status: 422,
    title: 'Your organization does not allow this',
    advice: 'Go back and do it another way, or ask an administrator about the rule.',
    isToldWhy: true,
  },
  precondition_required: {
    status: 428,
    title: 'This needs a confirmation',
    advice: 'Go back, look at what the change would do, and confirm it.',
  },
  too_large: { status: 413, title: 'That was too much', advice: 'Go back and send less at once.' },
  too_many: {
    status: 429,
    title: 'Too many attempts',
    advice: 'Wait a minute, then try again.',
    retryAfter: '60',
  },
  unavailable: {
    status: 503,
    title: 'We will be right back',
    advice: 'The service is not available at the moment. Wait a few seconds, then reload the page.',
    retryAfter: '5',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    advice: 'It is not your fault. Try again; if it happens again, give the reference below to your administrator.',
  },
} satisfies Record<ErrorCode, Kind>

const askForAccess = { label: 'Ask for access', href: '/account#ask' }

/** The page for whatever was thrown; for `onError` of rooms that answer with pages. What is our fault is logged. @param draw the room's own page around it */
export async function renderErrorPage<E extends AppEnv>(
  c: Context<E>,
  thrown: unknown,
  draw: (props: ErrorPageProps) => PageElement = ErrorPage,
): Promise<Response> {
  const error = asAppError(thrown)
  const { status, title, advice, retryAfter, isToldWhy = false }: Kind = kinds[error.code]
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
  const asking = isForbidden ? { refused: error.message, action: askForAccess } : {}
  return renderPage(c, draw({ title, detail, advice, reference, ...asking }), { status })
}
