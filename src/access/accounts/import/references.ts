// What rows of an import refer to: roles, brands and connections by key, slug, name or id, and people who are there already.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import { type UserRecord, userColumns } from '#directory/users.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, type Transaction } from '#src/context.ts'
import type { ImportRow } from './rows.ts'

export type Known = {
  role(reference: string): string
  brand(reference: string): string
  connection(reference: string): string
}

type Named = { kind: string; id: string; key: string }

const named = prepared<{ organizationId: string }, Named>(
  (p) => sql`select 'role' as kind, id, key from roles where organization_id = ${p.organizationId} and kind = 'role'
    union all select 'brand', id, slug from brands where organization_id = ${p.organizationId}
    union all select 'connection', id, name from connections where organization_id = ${p.organizationId}`,
)

/** All there are, read once. */
export async function knownReferences(ctx: CallContext): Promise<Known> {
  const { organizationId } = ctx
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(named({ organizationId })))
  const finder = (kind: string) => {
    const own = rows.filter((row) => row.kind === kind)
    return (reference: string): string => {
      const found = own.filter(({ id, key }) => id === reference || fold(key) === fold(reference))
      const [one, ...others] = found
      if (one === undefined || others.length > 0)
        throw new AppError('invalid', `There is ${one === undefined ? 'no' : 'more than one'} ${kind} ${reference}`)
      return one.id
    }
  }
  return { role: finder('role'), brand: finder('brand'), connection: finder('connection') }
}

export type KnownPerson = UserRecord & {
  hasPassword: boolean
  /** `role brand` of what they hold directly. */
  holdings: string[]
  /** `connection subject`. */
  identities: string[]
}

const people = prepared<{ organizationId: string; keys: readonly string[] }, KnownPerson & { key: string }>(
  (p) => sql`select ${userColumns}, u.user_name_key as key,
      exists (select from passwords w where w.organization_id = u.organization_id and w.user_id = u.id) as "hasPassword",
      to_json(array(select a.role_id || ' ' || coalesce(a.brand_id, '') from assignments a
        where a.organization_id = u.organization_id and a.user_id = u.id)) as holdings,
      to_json(array(select i.connection_id || ' ' || i.subject from identities i
        where i.organization_id = u.organization_id and i.user_id = u.id)) as identities
    from users u where u.organization_id = ${p.organizationId} and u.deleted_at is null
      and u.user_name_key = any (${p.keys}::text[])`,
)

/** Those whom the rows mean, by their folded userName. */
export async function knownPeople(
  tx: Transaction,
  { organizationId }: CallContext,
  rows: readonly ImportRow[],
): Promise<ReadonlyMap<string, KnownPerson>> {
  const found = await tx.run(people({ organizationId, keys: rows.map(({ userName }) => fold(userName)) }))
  return new Map(found.map(({ key, ...person }) => [key, person]))
}
