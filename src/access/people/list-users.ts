// The list of users as administrators search it: exact look-ups, a status, and part of a name or address.
import { type SQL, sql } from 'drizzle-orm'
import { once } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import { type UserRecord, type UserStatus, userColumns } from '#directory/users.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'

export type UserFilter = {
  userName?: string | undefined
  email?: string | undefined
  status?: UserStatus | undefined
  /** Part of userName, display, given or family name or of an e-mail address; case and accents do not matter. */
  q?: string | undefined
}

/** Users that were not deleted, in order of creation, those after an id and as many as asked for. */
export async function listUsers(
  ctx: CallContext,
  { filter = {}, after, limit }: { filter?: UserFilter; after?: string | undefined; limit?: number | undefined },
): Promise<UserRecord[]> {
  requirePermission(ctx, 'users.read')
  const conditions = [
    sql`u.organization_id = ${ctx.organizationId} and u.deleted_at is null`,
    ...(after === undefined ? [] : [sql`u.id > ${after}`]),
    ...filterConditions(filter),
  ]
  const where = sql.join(conditions, sql` and `)
  const limited = limit === undefined ? sql`` : sql` limit ${limit}::int`
  const statement = once<UserRecord>(sql`select ${userColumns} from users u where ${where} order by u.id${limited}`)
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

function filterConditions({ userName, email, status, q }: UserFilter): SQL[] {
  const conditions: SQL[] = []
  if (userName !== undefined) conditions.push(sql`u.user_name_key = ${fold(userName)}`)
  if (email !== undefined) conditions.push(hasAddress(sql`ue.value_key = ${fold(email)}`))
  if (status !== undefined) conditions.push(sql`u.status = ${status}`)
  if (q !== undefined) conditions.push(isLike(q))
  return conditions
}

const hasAddress = (condition: SQL): SQL =>
  sql`exists (select from user_emails ue
    where ue.organization_id = u.organization_id and ue.user_id = u.id and ${condition})`

/** Folded, and without what NFKD splits off as combining marks: Zoë is found by zoe. */
const bare = (text: string): string => fold(text.normalize('NFKD').replaceAll(/\p{Mn}/gu, ''))

const bareColumn = (column: SQL): SQL =>
  sql`fold(regexp_replace(normalize(${column}, NFKD), '[\u0300-\u036f]', '', 'g'))`

function isLike(q: string): SQL {
  const wanted = bare(q)
  const names = [
    sql`u.user_name`,
    sql`u.display_name`,
    sql`(u.attributes -> 'name' ->> 'givenName')`,
    sql`(u.attributes -> 'name' ->> 'familyName')`,
  ]
  const parts = names.map((name) => sql`strpos(coalesce(${bareColumn(name)}, ''), ${wanted}::text) > 0`)
  return sql`(${sql.join([...parts, hasAddress(sql`strpos(ue.value_key, ${wanted}::text) > 0`)], sql` or `)})`
}
