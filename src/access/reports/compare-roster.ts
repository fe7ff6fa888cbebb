// Comparing with a list from elsewhere, such as personnel's: who is missing here, and who is here and not on it.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { isPerson } from '#db/emergency.ts'
import { prepared } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import type { UserStatus } from '#directory/users.ts'
import { parseCsv } from '#platform/csv.ts'
import { invalidField, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'

const most = 100_000

const Input = z.object({
  /** E-mail addresses or user names. */
  people: z
    .array(z.string().max(320))
    .min(1, 'is empty: give e-mail addresses or user names')
    .max(most, `has more than ${most} lines`),
})

export type RosterPerson = { id: string; userName: string; displayName: string | null; status: UserStatus }

export type RosterComparison = {
  listed: number
  matched: number
  /** On the list, and not known here. */
  missing: string[]
  /** On the list, and not active here. */
  notActive: RosterPerson[]
  /** Active here, and not on the list. */
  tooMuch: RosterPerson[]
}

type Row = RosterPerson & { key: string | null }

const compare = prepared<{ organizationId: string; keys: readonly string[] }, Row>(
  (p) => sql`with listed as materialized (select distinct key from unnest(${p.keys}::text[]) key),
    people as materialized (
      select u.* from users u where u.organization_id = ${p.organizationId} and u.deleted_at is null
        and u.status <> 'erased' and ${isPerson}),
    matched as (
      select l.key, u.id from listed l join people u on u.user_name_key = l.key
      union select l.key, u.id from listed l join people u on u.email_key = l.key and u.address_yielded_to is null)
    select m.key, u.id, u.user_name as "userName", u.display_name as "displayName", u.status
      from people u left join matched m on m.id = u.id where m.id is not null or u.status in ('active', 'invited')
    union all
    select l.key, null, null, null, null from listed l where not exists (select from matched m where m.key = l.key)
    order by 3 nulls first, 1`,
)

/** @throws AppError forbidden, invalid */
export async function compareRoster(ctx: CallContext, input: z.input<typeof Input>): Promise<RosterComparison> {
  requirePermission(ctx, 'users.read')
  const { people } = parseInput(Input, input)
  const keys = [...new Set(people.map((text) => fold(text.trim())).filter((key) => key !== ''))]
  if (keys.length === 0) throw invalidField('people', 'is empty: give e-mail addresses or user names')
  const { organizationId } = ctx
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(compare({ organizationId, keys })))
  const here = rows.filter(({ id }) => id !== null)
  const personOf = ({ id, userName, displayName, status }: Row): RosterPerson => ({ id, userName, displayName, status })
  const isActive = ({ status }: Row): boolean => status === 'active' || status === 'invited'
  return {
    listed: keys.length,
    matched: new Set(here.filter(({ key }) => key !== null).map(({ key }) => key)).size,
    missing: rows.filter(({ id }) => id === null).map(({ key }) => key ?? ''),
    notActive: here.filter((row) => row.key !== null && !isActive(row)).map(personOf),
    tooMuch: here.filter((row) => row.key === null).map(personOf),
  }
}

/** The addresses of a pasted text or a CSV: its column of that name, or what looks like an address, or the first column. */
export function rosterOf(text: string): string[] {
  const rows = parseCsv(text)
  const [heading = []] = rows
  const known = heading.findIndex((cell) =>
    /^(e-?mail( address)?|user ?name|userprincipalname|upn|mail)$/i.test(cell.trim()),
  )
  if (known !== -1) return rows.slice(1).map((row) => row[known] ?? '')
  return rows.map((row) => row.find((cell) => cell.includes('@')) ?? row[0] ?? '')
}
