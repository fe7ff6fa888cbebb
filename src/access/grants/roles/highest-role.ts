// The role that may do everything, for whoever has to be able to: the first administrator, an emergency account.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'

/** The highest of those that may do everything, as a statement; no row where the organization has none. */
export const highestRole = prepared<{ organizationId: string }, { id: string; key: string }>(
  (p) => sql`select r.id, r.key from roles r
    where r.organization_id = ${p.organizationId} and exists (select from role_permissions rp
      where rp.organization_id = r.organization_id and rp.role_id = r.id and rp.effect = 'allow' and rp.permission = '*')
    order by r.rank desc, r.id limit 1`,
)
