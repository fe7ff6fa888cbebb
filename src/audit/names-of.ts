// What ids are called today, as far as whoever asks may read what they are of.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, isPermitted, type ManagementPermission } from '#src/context.ts'

/** Kinds of ids, with what it takes to read their names, anywhere in the organization. */
const kinds = {
  usr: 'users.read',
  grp: 'groups.read',
  brd: 'brands.read',
  rol: 'roles.read',
  dir: 'directories.read',
  con: 'connections.read',
  app: 'applications.read',
  inv: 'invitations.read',
  tea: 'teams.read',
} as const satisfies Record<string, ManagementPermission>

type Kind = keyof typeof kinds

const isKind = (text: string): text is Kind => Object.hasOwn(kinds, text)

const select = prepared<{ organizationId: string; ids: readonly string[] }, { id: string; name: string }>(
  (p) => sql`select id, name from (
      select organization_id, id, coalesce(display_name, user_name) as name from users
      union all select organization_id, id, display_name from groups
      union all select organization_id, id, name from brands
      union all select organization_id, id, name from roles
      union all select organization_id, id, name from directories
      union all select organization_id, id, name from connections
      union all select organization_id, id, name from applications
      union all select organization_id, id, name from teams
      union all select organization_id, id, email from invitations) named
    where organization_id = ${p.organizationId} and id = any (${p.ids}::text[])`,
)

/** At most so many are looked up; a list of more says little. */
const most = 200

/** Names by id; what is gone, or not for the caller, is not in it. */
export async function namesOf(ctx: CallContext, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Set(ids)].filter((id) => {
    const kind = id.slice(0, 3)
    return isKind(kind) && isId(kind, id) && isPermitted(ctx, kinds[kind])
  })
  if (wanted.length === 0) return new Map()
  const statement = select({ organizationId: ctx.organizationId, ids: wanted.slice(0, most) })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return new Map((rows ?? []).map(({ id, name }) => [id, name]))
}
