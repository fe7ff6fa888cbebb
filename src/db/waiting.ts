// Who waits to be let in: whom a staged directory brings, and first sign-ins that want an approval. Several rooms count them.
import { type SQL, sql } from 'drizzle-orm'

/**
 * Of `users u`. Who has an invitation waits for themselves; what became of the invitation of somebody whom a directory has taken
 * over does not matter.
 */
export const isWaiting: SQL = sql`(u.status = 'invited' and not exists (select from invitations i
  where i.organization_id = u.organization_id and i.user_id = u.id and (i.status = 'pending' or u.directory_id is null)))`
