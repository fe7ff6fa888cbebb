// People who are left out of a team, whatever fills it: by hand, or since an access review took them out.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, type Transaction } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import { getTeam, lockLedTeam, type TeamKey, type TeamRecord } from './teams.ts'

export type LeftOut = {
  user: { id: string; userName: string; displayName: string | null }
  reason: string
  createdAt: string
  createdBy: string
}

const LeaveOutInput = z.object({
  teamId: z.string(),
  userId: z.string(),
  reason: z.string().trim().min(1, 'say why').max(1_000, 'must have at most 1000 characters'),
})

const LetInInput = z.object({ teamId: z.string(), userId: z.string() })

export type TeamPersonKey = z.input<typeof LetInInput>

type Key = TeamKey & { userId: string }

const select = prepared<TeamKey, LeftOut>(
  (p) => sql`select json_build_object('id', u.id, 'userName', u.user_name, 'displayName', u.display_name) as "user",
      e.reason, e.created_at as "createdAt", e.created_by as "createdBy"
    from team_exclusions e join users u on u.organization_id = e.organization_id and u.id = e.user_id and u.deleted_at is null
    where e.organization_id = ${p.organizationId} and e.team_id = ${p.teamId} order by u.name_key, u.id limit 500`,
)

/** By name; at most 500. @throws AppError not_found, forbidden */
export async function listLeftOut(ctx: CallContext, teamId: string): Promise<LeftOut[]> {
  const { id } = await getTeam(ctx, teamId)
  const statement = select({ organizationId: ctx.organizationId, teamId: id })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

const ways = prepared<Key, { way: string }>(
  (p) => sql`select distinct w.way from (
      select p.way from people_of_teams p where p.organization_id = ${p.organizationId} and p.team_id = ${p.teamId}
        and p.user_id = ${p.userId}) w`,
)

const takeOut = prepared<Key, never>(
  (p) => sql`delete from team_members where organization_id = ${p.organizationId} and team_id = ${p.teamId}
    and user_id = ${p.userId}`,
)

const insert = prepared<Key & { reason: string; now: string; createdBy: string }, never>(
  (p) => sql`insert into team_exclusions (organization_id, team_id, user_id, reason, created_at, created_by)
    values (${p.organizationId}, ${p.teamId}, ${p.userId}, ${p.reason}, ${p.now}::timestamptz, ${p.createdBy})`,
)

const remove = prepared<Key, { id: string }>(
  (p) => sql`delete from team_exclusions where organization_id = ${p.organizationId} and team_id = ${p.teamId}
    and user_id = ${p.userId} returning user_id as id`,
)

/**
 * They are no longer in it, by hand nor by what fills it.
 * @returns whether they had been added by hand
 * @throws AppError invalid; not_found; forbidden (reason `ceiling`); conflict (reason `not_in_team`), or for its leader
 */
export async function leaveOutWithin(
  tx: Transaction,
  ctx: CallContext,
  input: z.input<typeof LeaveOutInput>,
): Promise<{ wasByHand: boolean }> {
  const { teamId } = parseInput(LeaveOutInput, input)
  return leaveOutOf(tx, ctx, await lockLedTeam(tx, ctx, teamId), input)
}

/** What was checked already. @throws AppError as `leaveOutWithin` does */
export async function leaveOutOf(
  tx: Transaction,
  ctx: CallContext,
  team: TeamRecord,
  { userId, reason }: Omit<z.input<typeof LeaveOutInput>, 'teamId'>,
): Promise<{ wasByHand: boolean }> {
  if (!isId('usr', userId)) throw notFound('User')
  const key = { organizationId: ctx.organizationId, teamId: team.id, userId }
  const found = new Set((await tx.run(ways(key))).map(({ way }) => way))
  if (found.size === 0) throw new AppError('conflict', `They are not in ${team.name}`, { reason: 'not_in_team' })
  if (found.has('leader'))
    throw new AppError('conflict', `They lead ${team.name}; give it another leader first`, { reason: 'leader' })
  const isOnlyByHand = found.size === 1 && found.has('hand')
  await withinCeiling(tx, ctx, { users: [userId] }, async () => {
    await tx.run(takeOut(key))
    if (!isOnlyByHand) await tx.run(insert({ ...key, reason, now: nowOf(ctx), createdBy: ctx.actor.id }))
  })
  const entry = { action: 'team.leave_out', targetType: 'team', targetId: team.id } as const
  await tx.run(recordAudit(ctx, { ...entry, detail: { name: team.name, ids: [userId], reason } }))
  return { wasByHand: found.has('hand') }
}

/** What fills the team counts for them again. @throws AppError not_found where they are not left out; forbidden (reason `ceiling`) */
export async function letInWithin(tx: Transaction, ctx: CallContext, input: TeamPersonKey): Promise<void> {
  const { teamId, userId } = parseInput(LetInInput, input)
  await letInto(tx, ctx, await lockLedTeam(tx, ctx, teamId), userId)
}

const addByHand = prepared<Key & { now: string; createdBy: string }, { id: string }>(
  (p) => sql`insert into team_members (organization_id, team_id, user_id, created_at, created_by)
    values (${p.organizationId}, ${p.teamId}, ${p.userId}, ${p.now}::timestamptz, ${p.createdBy})
    on conflict do nothing returning user_id as id`,
)

/** As they were in it before. What was checked already. @throws AppError forbidden (reason `ceiling`) */
export async function letIntoAgain(
  tx: Transaction,
  ctx: CallContext,
  team: TeamRecord,
  { userId, wasByHand }: { userId: string; wasByHand: boolean },
): Promise<void> {
  const key = { organizationId: ctx.organizationId, teamId: team.id, userId }
  await withinCeiling(tx, ctx, { users: [userId] }, async () => {
    await tx.run(remove(key))
    if (wasByHand) await tx.run(addByHand({ ...key, now: nowOf(ctx), createdBy: ctx.actor.id }))
  })
  await auditLetIn(tx, ctx, team, userId)
}

async function letInto(tx: Transaction, ctx: CallContext, team: TeamRecord, userId: string): Promise<void> {
  const key = { organizationId: ctx.organizationId, teamId: team.id, userId }
  const [gone] = await withinCeiling(tx, ctx, { users: [userId] }, () => tx.run(remove(key)))
  if (gone === undefined) throw notFound('Person who is left out')
  await auditLetIn(tx, ctx, team, userId)
}

async function auditLetIn(tx: Transaction, ctx: CallContext, team: TeamRecord, userId: string): Promise<void> {
  const entry = { action: 'team.let_in', targetType: 'team', targetId: team.id } as const
  await tx.run(recordAudit(ctx, { ...entry, detail: { name: team.name, ids: [userId] } }))
}
