// What browsers report of our pages' content security policy (CSP 3 §5, Reporting API): counted by directive and kind of page, told to
// the operator, and not kept. A report is anybody's word and may hold an address with a token in it.
import { Hono } from 'hono'
import type { Clock } from '#platform/clock.ts'
import { AppError } from '#platform/errors.ts'
import { isRecord, parseJson } from '#platform/json.ts'
import type { Log } from '#platform/log.ts'
import { clientAddress } from './client-address.ts'
import type { AppEnv } from './env.ts'
import { reportPath } from './pages.ts'
import { httpProblemResponse, problemResponse } from './problem.ts'
import { readBytes } from './read-body.ts'
import { mediaTypeOf } from './read-form.ts'
import { createReportLimit } from './request-rate-limits.ts'

const limits = { bodyBytes: 16_384, reports: 20 }

const mediaTypes = ['application/csp-report', 'application/reports+json']

/** Directives that our policy has, and those that browsers name in their stead; whatever else is told counts as `other`. */
const directives = new Set([
  ...[
    'default-src',
    'script-src',
    'script-src-elem',
    'script-src-attr',
    'style-src',
    'style-src-elem',
    'style-src-attr',
  ],
  ...['img-src', 'font-src', 'connect-src', 'form-action', 'frame-ancestors', 'base-uri', 'object-src'],
  ...['frame-src', 'child-src', 'worker-src', 'manifest-src', 'media-src'],
])

/** Kinds of pages, by the beginning of their path. */
const families = new Set([
  ...['console', 'account', 'login', 'sign-in', 'sign-out', 'saml', 'oidc', 'oauth2', 'setup', 'invitation', 'first'],
  'emergency',
])

type Violation = { directive: string; page: string; blocked: string }

type Options = { origin: string; clock: Clock; log: Log; trustedProxies: number }

type Counted = { count: number; loggedAt: number; unlogged: number }

export type CspReports = {
  /** To be mounted at `/`. */
  routes: Hono<AppEnv>
  /** How many violations were reported since the start of this process. */
  total(): number
}

const minuteMillis = 60_000

/** Takes reports, each body of at most 16 KB, a bounded number from one address; logs each kind once a minute. */
export function createCspReports(options: Options): CspReports {
  const counted = new Map<string, Counted>()
  const limit = createReportLimit(options.clock)

  function note({ directive, page, blocked }: Violation): void {
    const key = `${directive} ${page}`
    const entry = counted.get(key) ?? { count: 0, loggedAt: Number.NEGATIVE_INFINITY, unlogged: 0 }
    counted.set(key, entry)
    entry.count += 1
    entry.unlogged += 1
    const now = options.clock.now().getTime()
    if (Math.abs(now - entry.loggedAt) < minuteMillis) return
    const fields = { directive, page, blocked, reports: entry.unlogged, total: entry.count }
    options.log.warn(fields, `A browser reports that ${directive} kept something out of a page (${page})`)
    entry.loggedAt = now
    entry.unlogged = 0
  }

  const routes = new Hono<AppEnv>()
  routes.onError((error, c) => problemResponse(error instanceof AppError ? error : unreadable(), c.get('requestId')))
  routes.post(reportPath, async (c) => {
    const bytes = await readBytes(c, limits.bodyBytes, { what: 'A report' })
    limit.admit(clientAddress(c, options.trustedProxies))
    if (!mediaTypes.includes(mediaTypeOf(c))) {
      return httpProblemResponse('unsupported_media_type', 'Send a report of a browser', c.get('requestId'))
    }
    const report = parseJson(bytes.toString())
    for (const violation of violationsIn(report, options.origin)) note(violation)
    return c.body(null, 204)
  })
  return { routes, total: () => [...counted.values()].reduce((sum, { count }) => sum + count, 0) }
}

const unreadable = (): AppError => new AppError('invalid', 'The report cannot be read', { reason: 'invalidSyntax' })

/** Both forms: one object with `csp-report`, or a list of reports, of which those of a policy count. */
function violationsIn(body: unknown, origin: string): Violation[] {
  if (Array.isArray(body)) {
    return body.slice(0, limits.reports).flatMap((report: unknown) => {
      if (!isRecord(report) || report['type'] !== 'csp-violation' || !isRecord(report['body'])) return []
      const { effectiveDirective, documentURL, blockedURL } = report['body']
      return violationOf(origin, { directive: effectiveDirective, page: documentURL, blocked: blockedURL })
    })
  }
  const report = isRecord(body) ? body['csp-report'] : undefined
  if (!isRecord(report)) throw unreadable()
  const directive = report['effective-directive'] ?? report['violated-directive']
  return violationOf(origin, { directive, page: report['document-uri'], blocked: report['blocked-uri'] })
}

/** Reports about pages of others are not about us. */
function violationOf(origin: string, { directive, page, blocked }: Record<keyof Violation, unknown>): Violation[] {
  const document = urlOf(page)
  if (document === undefined || document.origin !== origin) return []
  const named = typeof directive === 'string' ? (directive.split(' ')[0] ?? '').toLowerCase() : ''
  const family = document.pathname.split('/')[1] ?? ''
  return [
    {
      directive: directives.has(named) ? named : 'other',
      page: families.has(family) ? family : 'other',
      blocked: blockedKind(blocked, origin),
    },
  ]
}

/** Never the address itself: `inline`, `eval`, our own origin, or no more than that it was another one. */
function blockedKind(blocked: unknown, origin: string): string {
  if (blocked === 'inline' || blocked === 'eval' || blocked === 'self') return blocked
  const url = urlOf(blocked)
  if (url === undefined) return 'unknown'
  return url.origin === origin ? 'own origin' : url.protocol === 'data:' ? 'data' : 'another origin'
}

function urlOf(text: unknown): URL | undefined {
  return typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined
}
