// Whoever was deleted is shown again, with the addresses that they are found by. As a statement: what else comes back is the caller's.
import { sql } from 'drizzle-orm'
import { prepared, type Statement } from '#db/statement.ts'
import { type CallContext, nowOf } from '#src/context.ts'
import { emailKeys } from './user-content.ts'
import type { UserRecord } from './users.ts'

const show = prepared<{ organizationId: string; userId: string; emailKeys: readonly string[]; now: string }, never>(
  (p) => sql`with shown as (
      update users set deleted_at = null, version = version + 1, updated_at = ${p.now}::timestamptz
      where organization_id = ${p.organizationId} and id = ${p.userId} and deleted_at is not null)
    insert into user_emails (organization_id, value_key, user_id)
      select ${p.organizationId}, value_key, ${p.userId} from unnest(${p.emailKeys}::text[]) value_key on conflict do nothing`,
)

/** It fails as conflict (reason `uniqueness`) where somebody else has their name by now. */
export const showing = (
  ctx: CallContext,
  { id, attributes }: Pick<UserRecord, 'id' | 'attributes'>,
): Statement<never> =>
  show({ organizationId: ctx.organizationId, userId: id, emailKeys: emailKeys(attributes), now: nowOf(ctx) })
