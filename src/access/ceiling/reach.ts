// Who can say who somebody is, can be anybody whom it vouches for (ADR 0022): so a limited caller changes a connection, a
// directory, a domain or an application's addresses only where it reaches nobody who may do more than they.
import { type SQL, sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { CallContext, Reach, Transaction } from '#src/context.ts'
import { type Given, requireGivable, requireNobodyAbove } from './ceiling.ts'
import { everybody, type HolderSelection } from './holdings.ts'

/** @throws AppError forbidden (reason `ceiling`) naming somebody whom it reaches */
export async function requireReachWithin(tx: Transaction, ctx: CallContext, reach: Reach): Promise<void> {
  if (ctx.ceiling === undefined) return
  const isOpen = reach.kind === 'connection' && reach.isOpen
  // Whoever writes attributes chooses which filters somebody satisfies.
  if (reach.kind === 'directory' || isOpen)
    await requireGivable(tx, ctx, await tx.run(filterGrants({ organizationId: ctx.organizationId })))
  await requireNobodyAbove(tx, ctx, await reachedBy(tx, ctx, reach))
  if (isOpen) await requireNobodyAbove(tx, ctx, linkable(ctx.organizationId))
}

const filterGrants = prepared<{ organizationId: string }, Given>(
  (p) => sql`select distinct coalesce(m.brand_id, '') as scope, m.role_id as "roleId" from mappings m
    where m.organization_id = ${p.organizationId} and m.filter_path is not null
    union select coalesce(r.brand_id, ''), r.role_id from team_sources s
    join teams t on t.organization_id = s.organization_id and t.id = s.team_id
    join team_roles r on r.organization_id = s.organization_id and r.team_id in (t.id, t.parent_id)
    where s.organization_id = ${p.organizationId} and s.filter_path is not null`,
)

async function reachedBy(tx: Transaction, ctx: CallContext, reach: Reach): Promise<HolderSelection> {
  const { organizationId } = ctx
  switch (reach.kind) {
    case 'directory': {
      const key = { organizationId, directoryId: reach.directoryId }
      const which = sql`(u.directory_id = ${reach.directoryId} or ${adoptable(organizationId, reach)})`
      return { groups: idsOf(await tx.run(groupsOfDirectory(key))), which }
    }
    case 'connection': {
      const key = { organizationId, connectionId: reach.connectionId }
      return {
        groups: idsOf(await tx.run(groupsOfConnection(key))),
        which: broughtBy(organizationId, reach.connectionId),
      }
    }
    case 'domain':
      return { which: sql`u.id in (${usersAt(organizationId, sql`${reach.name}`)})` }
    case 'application':
      return everybody
  }
}

const idsOf = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id)

const groupsOfDirectory = prepared<{ organizationId: string; directoryId: string | null }, { id: string }>(
  (p) =>
    sql`select g.id from groups g where g.organization_id = ${p.organizationId} and g.directory_id = ${p.directoryId}`,
)

const groupsOfConnection = prepared<{ organizationId: string; connectionId: string | null }, { id: string }>(
  (p) => sql`select cg.group_id as id from connection_groups cg
    where cg.organization_id = ${p.organizationId} and cg.connection_id = ${p.connectionId}`,
)

const usersAt = (organizationId: string, domain: SQL): SQL => sql`select e.user_id from user_emails e
    where e.organization_id = ${organizationId} and split_part(e.value_key, '@', 2) = ${domain}
  union select x.id from users x
    where x.organization_id = ${organizationId} and split_part(x.user_name_key, '@', 2) = ${domain}`

/** Those who have come by it, and those of its directory, whom it may know by what the directory calls them. */
const broughtBy = (organizationId: string, connectionId: string | null): SQL => sql`(u.id in (
      select i.user_id from identities i
      where i.organization_id = ${organizationId} and i.connection_id = ${connectionId})
    or u.directory_id in (select c.directory_id from connections c
      where c.organization_id = ${organizationId} and c.id = ${connectionId} and c.directory_id is not null))`

const managesNothing = (organizationId: string): SQL => sql`not manages_anything(${organizationId}, u.id)`

const inVerifiedDomain = (organizationId: string): SQL => sql`(u.id in (select at.user_id from domains d
    cross join lateral (${usersAt(organizationId, sql`d.name`)}) at (user_id)
    where d.organization_id = ${organizationId} and d.status = 'verified') and ${managesNothing(organizationId)})`

/** Those whom an address would link: nobody who manages anything. */
const linkable = (organizationId: string): HolderSelection => ({ which: inVerifiedDomain(organizationId) })

/** Those whom a directory would get for its word. */
function adoptable(organizationId: string, { directoryId, adoption }: Reach & { kind: 'directory' }): SQL {
  if (adoption === undefined) return sql`adoption_verdict(${organizationId}, ${directoryId}, u.id) = 'yes'`
  if (adoption === 'verified_domain') return inVerifiedDomain(organizationId)
  return adoption === 'always' ? managesNothing(organizationId) : sql`false`
}
