// Which of several e-mail addresses of a message counts: the order in which a provider writes them says nothing.
import { sql } from 'drizzle-orm'
import { domainOf, verifiedDomain } from '#connections/domains/domains.ts'
import type { Connection } from '#connections/sign-in/connections.ts'
import { prepared } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import type { ExternalIdentity } from './external-identity.ts'
import { refuse, type Trace } from './trace.ts'

/** Whoever has more has a list that nobody keeps. */
const maxEmails = 20

const signInAddresses = prepared<{ organizationId: string; keys: string[] }, { key: string }>(
  (p) => sql`select u.email_key as key from users u
    where u.organization_id = ${p.organizationId} and u.email_key = any(${p.keys}::text[]) and u.deleted_at is null
      and u.address_yielded_to is null`,
)

/**
 * The one in a domain that the connection may vouch for; of several such, the one by which somebody here signs in, since the
 * others may be further names of the same mailbox. Null where that leaves none, or more than one.
 */
export async function chosenEmail(
  tx: Transaction,
  ctx: CallContext,
  { connection, identity }: { connection: Connection; identity: ExternalIdentity },
): Promise<string | null> {
  const { emails } = identity
  if (emails.length < 2) return emails[0] ?? null
  if (emails.length > maxEmails) return null
  const { organizationId } = ctx
  const domains = await Promise.all(
    emails.map(async (email) => {
      const name = domainOf(email)
      if (name === undefined) return undefined
      return (await tx.run(verifiedDomain({ organizationId, name, connectionId: connection.id })))[0]
    }),
  )
  const own = emails.filter((_, index) => domains[index]?.mayVouch === true)
  if (own.length < 2) return own[0] ?? null
  const taken = new Set((await tx.run(signInAddresses({ organizationId, keys: own.map(fold) }))).map(({ key }) => key))
  const known = own.filter((email) => taken.has(fold(email)))
  return known.length === 1 ? (known[0] ?? null) : null
}

/** @throws SignInRefused */
export function refuseSeveral({ emails }: ExternalIdentity, trace: Trace): never {
  const some = emails.slice(0, 5).join(', ')
  const why =
    'not exactly one of them is in a domain that this connection may vouch for, nor is exactly one somebody’s sign-in address'
  return refuse(trace, 'several_addresses', `The message has several e-mail addresses (${some}), and ${why}`)
}
