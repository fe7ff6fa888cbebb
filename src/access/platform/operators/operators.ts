// People who run the installation. They are people of one organization, sign in there, and administer nothing elsewhere by it.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { type CallContext, inTransaction, nowOf } from '#src/context.ts'
import { requireOperator, requireScope } from '../../ground/platform-rights.ts'
import { inside } from '../organizations/inside.ts'
import { organizationWithin } from '../organizations/platform-organizations.ts'

/** `reader` looks; `administrator` changes what stands above the organizations, too. */
export const operatorRoles = ['reader', 'administrator'] as const

export type OperatorRole = (typeof operatorRoles)[number]

export type OperatorRecord = {
  userId: string
  organizationId: string
  name: string
  role: OperatorRole
  addedAt: string
}

const columns = sql`o.user_id as "userId", o.organization_id as "organizationId", o.name, o.role, o.added_at as "addedAt"`

const select = prepared<Record<string, never>, OperatorRecord>(
  () => sql`select ${columns} from platform_operators o order by o.added_at, o.user_id`,
)

/** @throws AppError forbidden */
export async function listOperators(ctx: CallContext): Promise<OperatorRecord[]> {
  requireScope(ctx, 'operate')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(select({})))
  return rows ?? []
}

const findUser = prepared<{ organizationId: string; reference: string }, { id: string; name: string; status: string }>(
  (p) => sql`select u.id, coalesce(u.display_name, u.user_name) as name, u.status from users u
    where u.organization_id = ${p.organizationId} and u.deleted_at is null
      and (u.id = ${p.reference} or u.user_name_key = fold(${p.reference}))`,
)

const put = prepared<
  { userId: string; organizationId: string; name: string; role: string; now: string; by: string },
  OperatorRecord
>(
  (p) => sql`insert into platform_operators as o (user_id, organization_id, name, role, added_at, added_by)
    values (${p.userId}, ${p.organizationId}, ${p.name}, ${p.role}, ${p.now}::timestamptz, ${p.by})
    on conflict (user_id) do update set role = excluded.role, name = excluded.name returning ${columns}`,
)

/**
 * Somebody active of an organization, by id or user name; an operator gets the other role. All operators are of one organization.
 * @throws AppError forbidden; not_found; conflict (reason `other_organization`; `not_active`)
 */
export async function addOperator(
  ctx: CallContext,
  { organization, user, role }: { organization: string; user: string; role: OperatorRole },
): Promise<OperatorRecord> {
  requireOperator(ctx)
  return inTransaction(ctx, async (tx) => {
    const { id: organizationId } = await organizationWithin(tx, ctx, organization)
    const [existing] = await tx.run(select({}))
    if (existing !== undefined && existing.organizationId !== organizationId)
      throw new AppError('conflict', 'All operators are of one organization, and there are some of another one', {
        reason: 'other_organization',
      })
    const [person] = await inside(tx, ctx, organizationId, () =>
      tx.run(findUser({ organizationId, reference: user.replaceAll('\0', '') })),
    )
    if (person === undefined) throw notFound('User')
    if (person.status !== 'active')
      throw new AppError('conflict', 'Only active people can be operators', { reason: 'not_active' })
    const row = { userId: person.id, organizationId, name: person.name, role, now: nowOf(ctx), by: ctx.actor.id }
    const target = { targetType: 'user', targetId: person.id } as const
    const [made] = await tx.run(put(row))
    await tx.run(recordAudit(ctx, { action: 'operator.add', ...target, detail: { name: person.name, role } }))
    if (made === undefined) throw new Error('The insert returned no row')
    return made
  })
}

const remove = prepared<{ userId: string }, { name: string }>(
  (p) => sql`delete from platform_operators o where o.user_id = ${p.userId} returning o.name`,
)

/** From the next request on. @throws AppError forbidden, not_found */
export async function removeOperator(ctx: CallContext, userId: string): Promise<void> {
  requireOperator(ctx)
  await inTransaction(ctx, async (tx) => {
    const [removed] = await tx.run(remove({ userId: userId.replaceAll('\0', '') }))
    if (removed === undefined) throw notFound('Operator')
    const target = { targetType: 'user', targetId: userId } as const
    await tx.commitWith(recordAudit(ctx, { action: 'operator.remove', ...target, detail: removed }))
  })
}
