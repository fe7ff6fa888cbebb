// A person's own teams: who else is in them, and, for the one who leads a team, adding people and taking them out, up to the leader's
// own rights. Of other teams there is nothing to see.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { invalidField } from '#platform/input.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { asManager } from '../../grants/managers/manager.ts'
import { peopleOfTeam, type Way } from '../../grants/teams/team-people.ts'
import { hasPerson } from '../../grants/teams/teams.ts'
import { ownUserId } from '../../ground/own-user-id.ts'
import type { BrowserSession } from '../../sign-in/sessions/resolve-session.ts'

export type OwnTeam = {
  id: string
  name: string
  /** The name of the brand that it is of. */
  brand: string | null
  leader: string | null
  /** Whether they lead it, or the team that it is within. */
  isLed: boolean
}

/** What a member is to the others. */
export type Colleague = {
  id: string
  name: string
  isLeader: boolean
  /** Of those whom the caller leads: how they are in. */
  ways: Way[] | null
}

type Key = { organizationId: string; userId: string; teamId: string | null }

const ownTeams = prepared<Key, OwnTeam>(
  (
    p,
  ) => sql`select t.id, t.name, (select b.name from brands b where b.organization_id = t.organization_id and b.id = t.brand_id)
      as brand,
      (select coalesce(u.display_name, u.user_name) from users u where u.organization_id = t.organization_id
        and u.id = t.leader_id) as leader,
      coalesce(${p.userId} in (t.leader_id, (select x.leader_id from teams x where x.organization_id = t.organization_id
        and x.id = t.parent_id)), false) as "isLed"
    from teams t where t.organization_id = ${p.organizationId} and (${p.teamId}::text is null or t.id = ${p.teamId})
      and (${hasPerson(p.organizationId, p.userId)} or t.parent_id in (select l.id from teams l
        where l.organization_id = ${p.organizationId} and l.leader_id = ${p.userId}))
    order by t.name_key, t.id limit 200`,
)

/** Those that they are in, or lead. @throws AppError forbidden where the caller is no person */
export async function listOwnTeams(ctx: CallContext): Promise<OwnTeam[]> {
  const key = { organizationId: ctx.organizationId, userId: ownUserId(ctx), teamId: null }
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(ownTeams(key)))
  return rows ?? []
}

export type OwnTeamPage = { team: OwnTeam; people: Colleague[]; nextCursor: string | null }

/**
 * Its people by name: their names, and who leads it.
 * @throws AppError not_found for a team that is not one of theirs; forbidden where the caller is no person; invalid (reason
 *   `invalidCursor`)
 */
export async function getOwnTeam(ctx: CallContext, teamId: string, cursor?: string): Promise<OwnTeamPage> {
  const key = { organizationId: ctx.organizationId, userId: ownUserId(ctx), teamId: isId('tea', teamId) ? teamId : '' }
  return inTransaction(ctx, async (tx) => {
    const [team] = await tx.run(ownTeams(key))
    if (team === undefined) throw notFound('Team')
    const { items, nextCursor } = await peopleOfTeam(tx, ctx, { teamId, cursor })
    const people = items.map(({ id, userName, displayName, isLeader, ways }) => ({
      ...{ id, name: displayName ?? userName, isLeader },
      ways: team.isLed ? ways : null,
    }))
    return { team, people, nextCursor }
  })
}

/** @returns with what they hold as the limit of what they give; whoever manages teams besides may do what they may */
export const asLeader = async (ctx: CallContext, session: BrowserSession): Promise<CallContext> =>
  (await asManager(ctx, { session })).ctx

const userNamed = prepared<{ organizationId: string; key: string }, { id: string; name: string }>(
  (p) => sql`select u.id, coalesce(u.display_name, u.user_name) as name from users u
    where u.organization_id = ${p.organizationId} and u.deleted_at is null and u.status in ('active', 'invited')
      and (u.user_name_key = ${p.key} or u.email_key = ${p.key}) order by (u.email_key = ${p.key}) desc limit 1`,
)

/**
 * Somebody by their whole address or user name; a leader searches no list of people.
 * @throws AppError invalid (field `name`)
 */
export async function personNamed(ctx: CallContext, name: string): Promise<{ id: string; name: string }> {
  ownUserId(ctx)
  const key = fold(name.trim())
  const [rows] = key.includes('\0')
    ? []
    : await inTransaction(ctx, (tx) => tx.commitWith(userNamed({ organizationId: ctx.organizationId, key })))
  const found = rows?.[0]
  if (found === undefined) throw invalidField('name', 'Nobody here has this address; type the whole of it')
  return found
}
