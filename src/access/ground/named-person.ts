// Somebody active, as people name them: an id, a user name or an address.
import { sql } from 'drizzle-orm'
import { isPerson } from '#db/emergency.ts'
import { prepared } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { fold } from '#directory/fold.ts'
import { timeZoneColumn } from '#directory/time-zone.ts'
import { invalidField } from '#platform/input.ts'
import type { CallContext, Transaction } from '#src/context.ts'

export type NamedPerson = { id: string; userName: string; email: string | null; timeZone: string | null }

const find = prepared<{ organizationId: string; reference: string; key: string }, NamedPerson>(
  (
    p,
  ) => sql`select u.id, u.user_name as "userName", ${emailColumn} as email, ${timeZoneColumn} as "timeZone" from users u
    where u.organization_id = ${p.organizationId} and u.status = 'active' and u.deleted_at is null and ${isPerson}
      and (u.id = ${p.reference} or u.user_name_key = ${p.key} or (u.email_key = ${p.key} and u.address_yielded_to is null))
    order by (u.id = ${p.reference}) desc, u.id limit 1`,
)

/** @param field whose value it is @throws AppError invalid where nobody is called so */
export async function namedPerson(
  tx: Transaction,
  { organizationId }: CallContext,
  { reference, field }: { reference: string; field: string },
): Promise<NamedPerson> {
  const text = reference.trim()
  const [found] = text.includes('\0') ? [] : await tx.run(find({ organizationId, reference: text, key: fold(text) }))
  if (found === undefined) throw invalidField(field, 'nobody who is active here is called so')
  return found
}
