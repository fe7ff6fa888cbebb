// The provisioning log as administrators read it.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import { adviceFor } from './advice.ts'
import { isQuirkName, type Quirk, type QuirkName, quirks } from './quirks.ts'

export type ProvisioningEvent = {
  id: string
  directoryId: string
  occurredAt: string
  method: string
  /** Below the directory's base URL, with the query. */
  path: string
  status: number
  durationMillis: number
  /** What was tolerated. */
  quirks: QuirkName[]
  /** What a refusal said; null for what was carried out. */
  error: { scimType: string | null; detail: string | null } | null
  /** The user or group that it was about, where it was about one. */
  targetId: string | null
  userAgent: string | null
  requestId: string
}

export type ProvisioningEventDetail = ProvisioningEvent & {
  /** As they were, without secrets and cut to size; `{ cut }` is the beginning of what was too long. */
  request: unknown
  response: unknown
  explanations: (Quirk & { name: QuirkName })[]
  /** What to do about a refusal. */
  advice: string | null
}

export type ProvisioningFilter = {
  directoryId?: string | undefined
  /** `failed`: answered with 400 or more; `changed`: carried out, and more than a question. */
  status?: 'failed' | 'changed' | undefined
  targetId?: string | undefined
  /** Text anywhere in path, bodies or ids. */
  q?: string | undefined
  /** Older than this id. */
  before?: string | undefined
  /** Newer than this id. */
  after?: string | undefined
  limit: number
}

const columns = sql`e.id, e.directory_id as "directoryId", e.occurred_at as "occurredAt", e.method, e.path, e.status,
  e.duration_millis as "durationMillis", e.quirks, case when e.status >= 400 then json_build_object(
    'scimType', e.response ->> 'scimType', 'detail', e.response ->> 'detail') end as error,
  e.target_id as "targetId", e.user_agent as "userAgent", e.request_id as "requestId"`

type Parameters = {
  organizationId: string
  directoryId: string | null
  status: string | null
  targetId: string | null
  pattern: string | null
  before: string | null
  after: string | null
  limit: number
}

const select = prepared<Parameters, ProvisioningEvent>(
  (p) => sql`select ${columns} from provisioning_events e
    where e.organization_id = ${p.organizationId}
      and (${p.directoryId}::text is null or e.directory_id = ${p.directoryId})
      and (${p.targetId}::text is null or e.target_id = ${p.targetId})
      and (${p.before}::text is null or e.id < ${p.before}) and (${p.after}::text is null or e.id > ${p.after})
      and (${p.status}::text is null or case ${p.status} when 'failed' then e.status >= 400
        else e.status < 300 and e.method not in ('GET', 'HEAD') and e.path !~ '/\\.search/?(\\?|$)' end)
      and (${p.pattern}::text is null or e.path ilike ${p.pattern} or e.target_id ilike ${p.pattern}
        or e.request_id ilike ${p.pattern} or e.request::text ilike ${p.pattern} or e.response::text ilike ${p.pattern})
    order by e.id desc limit ${p.limit}::int`,
)

const selectOne = prepared<
  { organizationId: string; eventId: string },
  ProvisioningEvent & { request: unknown; response: unknown }
>(
  (p) => sql`select ${columns}, e.request, e.response from provisioning_events e
    where e.organization_id = ${p.organizationId} and e.id = ${p.eventId}`,
)

const patternOf = (text: string | undefined): string | null =>
  text === undefined || text.trim() === '' ? null : `%${text.trim().replaceAll(/[\\%_]/g, '\\$&')}%`

/** The newest first. @throws AppError forbidden */
export async function listProvisioningEvents(
  ctx: CallContext,
  filter: ProvisioningFilter,
): Promise<ProvisioningEvent[]> {
  requirePermission(ctx, 'directories.read')
  const { directoryId = null, status = null, targetId = null, before = null, after = null, limit } = filter
  const statement = select({
    ...{ organizationId: ctx.organizationId, directoryId, status, targetId, before, after, limit },
    pattern: patternOf(filter.q),
  })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** With bodies, what the quirks mean, and advice. @throws AppError not_found, forbidden */
export async function getProvisioningEvent(ctx: CallContext, eventId: string): Promise<ProvisioningEventDetail> {
  requirePermission(ctx, 'directories.read')
  if (!isId('prv', eventId)) return refuseUnknown(ctx, 'Provisioning event')
  const { organizationId } = ctx
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(selectOne({ organizationId, eventId })))
  const event = rows?.[0]
  if (event === undefined) throw notFound('Provisioning event')
  const explanations = event.quirks.filter(isQuirkName).map((name) => ({ name, ...quirks[name] }))
  return { ...event, explanations, advice: adviceFor(event.status, event.error?.scimType ?? null) }
}
