// Where an organization never changes addresses, a directory that renames somebody proposes it: the address stays, and an
// administrator confirms the new one or refuses it. What was refused is not proposed again.
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { emailChangeOf } from '#directory/email-change.ts'
import { emailsOf, primaryOf } from '#directory/emails.ts'
import { fold } from '#directory/fold.ts'
import { updateUserWithin } from '#directory/update-user.ts'
import type { UserContent } from '#directory/user-content.ts'
import type { UserRecord } from '#directory/users.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { parseInput } from '#platform/input.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  refuseUnknown,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import { requireNotAbove, withinCeiling } from '../../ceiling/ceiling.ts'
import { requireNotActingAs } from '../../ceiling/second-person.ts'
import { raiseAlarm } from '../../notices/alarms/raise-alarm.ts'
import { settleRequestAlarm } from '../../notices/alarms/settle-alarm.ts'

type Addresses = { userName: string; emails: unknown[] }

export type AddressProposal = Addresses & {
  userId: string
  directory: { id: string; name: string }
  /** How they are called now. */
  current: { userName: string; displayName: string | null; email: string | null }
  status: 'pending' | 'accepted' | 'refused'
  createdAt: string
  lastSeenAt: string
}

type Key = { organizationId: string; userId: string }

const known = prepared<Key, Addresses & { status: AddressProposal['status'] }>(
  (p) => sql`select user_name as "userName", emails, status from address_proposals
    where organization_id = ${p.organizationId} and user_id = ${p.userId} for update`,
)

const keep = prepared<Key & { directoryId: string; userName: string; emails: string; now: string }, never>(
  (
    p,
  ) => sql`insert into address_proposals as a (organization_id, user_id, directory_id, user_name, emails, status, created_at,
      last_seen_at)
    values (${p.organizationId}, ${p.userId}, ${p.directoryId}, ${p.userName}, ${p.emails}::jsonb, 'pending',
      ${p.now}::timestamptz, ${p.now}::timestamptz)
    on conflict (organization_id, user_id) do update set directory_id = excluded.directory_id, user_name = excluded.user_name,
      emails = excluded.emails, status = 'pending', created_at = excluded.created_at, last_seen_at = excluded.last_seen_at,
      decided_at = null, decided_by = null`,
)

const addressesOf = ({ userName, attributes }: Pick<UserContent, 'userName' | 'attributes'>): Addresses => ({
  ...{ userName, emails: emailsOf(attributes) },
})

/** What somebody is told by and signs in with; further addresses are no matter of the rule. */
const meant = (content: Pick<UserContent, 'userName' | 'attributes'>): (string | null)[] => {
  const email = primaryOf(emailsOf(content.attributes))?.value
  return [fold(content.userName), typeof email === 'string' ? fold(email) : null]
}

/**
 * For a directory's change, as `settleAddress` of `updateUser`: what may be written of it.
 * @returns what is wanted, with the addresses of now where they are never changed
 */
export const proposeAddress =
  (ctx: CallContext, directoryId: string) =>
  async (tx: Transaction, current: UserRecord, wanted: UserContent): Promise<UserContent> => {
    const key = { organizationId: ctx.organizationId, userId: current.id }
    if (isDeepStrictEqual(meant(current), meant(wanted))) return wanted
    const [policy] = await tx.run(emailChangeOf({ organizationId: ctx.organizationId }))
    if (policy?.emailChange !== 'never') return wanted
    const addresses = addressesOf(wanted)
    const [before] = await tx.run(known(key))
    const isKnown = before !== undefined && isDeepStrictEqual(addressesOf(attributed(before)), addresses)
    if (!isKnown || before.status === 'accepted') await propose(tx, ctx, { current, directoryId, addresses })
    const { emails: _, ...others } = wanted.attributes
    const kept = current.attributes['emails'] === undefined ? {} : { emails: current.attributes['emails'] }
    return { ...wanted, userName: current.userName, attributes: { ...others, ...kept } }
  }

const attributed = ({ userName, emails }: Addresses) => ({ userName, attributes: { emails } })

type Wanted = { current: UserRecord; directoryId: string; addresses: Addresses }

async function propose(tx: Transaction, ctx: CallContext, { current, directoryId, addresses }: Wanted): Promise<void> {
  const { id: userId, userName, displayName } = current
  const own = { organizationId: ctx.organizationId, userId, directoryId, now: nowOf(ctx) }
  await tx.run(keep({ ...own, userName: addresses.userName, emails: JSON.stringify(addresses.emails) }))
  const proposed = primaryOf(addresses.emails as never)?.value ?? null
  const detail = {
    userId,
    userName,
    displayName,
    directoryId,
    proposed: { userName: addresses.userName, email: proposed },
  }
  await tx.run(settleRequestAlarm({ ...alarmOf(own), settledBy: 'system', now: own.now }))
  await tx.run(raiseAlarm(ctx, { kind: 'address_proposal', detail }))
  await tx.run(recordAudit(ctx, { action: 'user.propose_address', targetType: 'user', targetId: userId, detail }))
}

const alarmOf = ({ organizationId, userId }: Key) => ({
  ...{ organizationId, kind: 'address_proposal', field: 'userId', requestId: userId },
})

const columns = sql`a.user_id as "userId", json_build_object('id', d.id, 'name', d.name) as directory, a.user_name as "userName",
  a.emails, json_build_object('userName', u.user_name, 'displayName', u.display_name, 'email', u.email_key) as current,
  a.status, a.created_at as "createdAt", a.last_seen_at as "lastSeenAt"`

const tables = sql`address_proposals a
  join directories d on d.organization_id = a.organization_id and d.id = a.directory_id
  join users u on u.organization_id = a.organization_id and u.id = a.user_id and u.deleted_at is null`

const list = prepared<{ organizationId: string; after: string | null; limit: number }, AddressProposal>(
  (p) => sql`select ${columns} from ${tables} where a.organization_id = ${p.organizationId} and a.status = 'pending'
    and (${p.after}::text is null or a.user_id > ${p.after}) order by a.user_id limit ${p.limit}::int`,
)

const one = prepared<Key, AddressProposal>(
  (p) => sql`select ${columns} from ${tables} where a.organization_id = ${p.organizationId} and a.user_id = ${p.userId}
    for update of a`,
)

/** Those that wait. @throws AppError forbidden */
export async function listAddressProposals(
  ctx: CallContext,
  { after = null, limit }: { after?: string | null | undefined; limit: number },
): Promise<AddressProposal[]> {
  requirePermission(ctx, 'users.read')
  const [rows] = await inTransaction(ctx, (tx) =>
    tx.commitWith(list({ organizationId: ctx.organizationId, after, limit })),
  )
  return rows ?? []
}

/** The one that waits for a person; undefined where none does. @throws AppError forbidden */
export async function findAddressProposal(ctx: CallContext, userId: string): Promise<AddressProposal | undefined> {
  requirePermission(ctx, 'users.read')
  const [found] = await inTransaction(ctx, (tx) => tx.run(one({ organizationId: ctx.organizationId, userId })))
  return found?.status === 'pending' ? found : undefined
}

const decide = prepared<Key & { status: string; decidedBy: string; now: string }, never>(
  (
    p,
  ) => sql`update address_proposals set status = ${p.status}, decided_at = ${p.now}::timestamptz, decided_by = ${p.decidedBy}
    where organization_id = ${p.organizationId} and user_id = ${p.userId}`,
)

const DecisionInput = z.object({ userId: z.string(), decision: z.enum(['accept', 'refuse']) })

/**
 * Accepted, the person has the directory's userName and addresses from then on.
 * @returns how it stands
 * @throws AppError not_found where none waits; conflict (reason `uniqueness`) where somebody has the address by now; forbidden
 *   (reasons `permission`, `ceiling`)
 */
export async function decideAddressProposal(
  ctx: CallContext,
  input: z.input<typeof DecisionInput>,
): Promise<AddressProposal> {
  requirePermission(ctx, 'users.write')
  const { userId, decision } = parseInput(DecisionInput, input)
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const key = { organizationId: ctx.organizationId, userId }
  return inTransaction(ctx, async (tx) => {
    const [proposal] = await tx.run(one(key))
    if (proposal?.status !== 'pending') throw notFound('Proposal')
    await requireNotAbove(tx, ctx, userId)
    if (decision === 'accept') await requireNotActingAs(tx, ctx, userId)
    const { userName, emails, directory } = proposal
    const change = ({ externalId, displayName, attributes }: UserRecord): UserContent => ({
      ...{ userName, externalId, displayName },
      attributes: { ...attributes, ...(emails.length === 0 ? {} : { emails }) },
    })
    if (decision === 'accept')
      await withinCeiling(tx, ctx, { users: [userId] }, () =>
        updateUserWithin(tx, ctx, { userId, directoryId: directory.id, change }),
      )
    const [status, now] = [decision === 'accept' ? ('accepted' as const) : ('refused' as const), nowOf(ctx)]
    await tx.run(decide({ ...key, status, decidedBy: ctx.actor.id, now }))
    await tx.run(settleRequestAlarm({ ...alarmOf(key), settledBy: ctx.actor.id, now }))
    const detail = { directoryId: directory.id, userName }
    const audit = { targetType: 'user', targetId: userId, detail } as const
    await tx.run(recordAudit(ctx, { ...audit, action: `user.${decision}_address` }))
    return { ...proposal, status }
  })
}
