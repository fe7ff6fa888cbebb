// The audit row of a change. It is sent in the transaction of the change, so that neither exists without the other.
import { type SQL, sql } from 'drizzle-orm'
import { prepared, type Statement } from '#db/statement.ts'
import { type CallContext, nowOf } from '#src/context.ts'
import type { AuditAction } from './actions.ts'

/** What an application of the host has events of, apart from the words that are ours. */
export type HostTarget = `app.${string}`

export type AuditEntry = {
  /** Where whoever writes it has to know it; made otherwise. */
  id?: string
  action: AuditAction | HostTarget
  targetType:
    | 'organization'
    | 'brand'
    | 'user'
    | 'group'
    | 'role'
    | 'mapping'
    | 'policy'
    | 'separation_rule'
    | 'draft'
    | 'setup_link'
    | 'assignment'
    | 'directory'
    | 'api_key'
    | 'platform_key'
    | 'connection'
    | 'domain'
    | 'session'
    | 'application'
    | 'invitation'
    | 'mail'
    | 'alarm'
    | 'user_change'
    | 'report_schedule'
    | 'checklist_template'
    | 'access_review'
    | 'review_task'
    | 'team'
    | 'asset'
    | 'asset_type'
    | 'support_access'
    | 'webhook'
    | HostTarget
  targetId: string
  /** What changed, by names and ids; never secrets. */
  detail?: Record<string, unknown>
}

export type AuditParameters = {
  auditId: string
  auditOrganizationId: string
  auditAt: string
  actorType: string
  actorId: string
  action: string
  targetType: string
  targetId: string
  detail: string
  requestId: string
}

/** Of a statement that tells the detail itself, by what it changed. */
export type AuditRowParameters = Omit<AuditParameters, 'detail'>

type Chunks<P> = { [K in keyof P]: SQL }

/** The parameters of `insertAudit` for one entry. */
export function auditParameters(ctx: CallContext, entry: AuditEntry): AuditParameters {
  return {
    auditId: entry.id ?? ctx.ids.next('evt'),
    auditOrganizationId: ctx.organizationId,
    auditAt: nowOf(ctx),
    actorType: ctx.actor.type,
    actorId: ctx.actor.id,
    action: entry.action,
    targetType: entry.targetType,
    targetId: entry.targetId,
    detail: JSON.stringify(entry.detail ?? {}),
    requestId: ctx.requestId,
  }
}

/**
 * `insert into audit_events … select …`, to go on with a `from` or `where` of the statement around it, so that the row
 * is written exactly if something changed. `detail` may be replaced by an expression over what changed.
 */
export function insertAudit(p: Chunks<AuditRowParameters>, detail: SQL): SQL
export function insertAudit(p: Chunks<AuditParameters>): SQL
export function insertAudit(p: Chunks<AuditRowParameters> & { detail?: SQL }, detail = sql`${p.detail}::jsonb`): SQL {
  return sql`insert into audit_events (organization_id, id, occurred_at, actor_type, actor_id, action, target_type,
      target_id, detail, request_id)
    select ${p.auditOrganizationId}, ${p.auditId}, ${p.auditAt}::timestamptz, ${p.actorType}, ${p.actorId}, ${p.action},
      ${p.targetType}, ${p.targetId}, ${detail}, ${p.requestId}`
}

const insertOne = prepared<AuditParameters, never>((p) => insertAudit(p))

/** The audit row as a statement of its own. */
export const recordAudit = (ctx: CallContext, entry: AuditEntry): Statement<never> =>
  insertOne(auditParameters(ctx, entry))
