// That an address is a person's own, and how that was proven: by a link that was mailed to it and used, or by the provider that
// the domain belongs to. What a manager or a directory wrote down proves nothing. A trigger (forget_address) takes a proof away
// with the address.
import { type SQL, sql } from 'drizzle-orm'
import { selectVerified } from '#connections/domains/domains.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import { type CallContext, nowOf } from '#src/context.ts'

type Parameters = { organizationId: string; userId: string; key: string; now: string }

// Only of an address that they have at this moment.
const owner = (p: { [key in keyof Parameters]: SQL }): SQL => sql`from users u
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId}
      and ${p.key} = any (address_keys(u.attributes, u.user_name_key))`

const again = sql`on conflict (organization_id, user_id, value_key, how)
      do update set connection_id = excluded.connection_id, proven_at = excluded.proven_at`

const insert = prepared<Parameters & { how: string }, never>(
  (p) => sql`insert into email_proofs (organization_id, user_id, value_key, how, proven_at)
    select u.organization_id, u.id, ${p.key}, ${p.how}, ${p.now}::timestamptz ${owner(p)} ${again}`,
)

const insertProvided = prepared<Parameters & { connectionId: string; name: string }, never>(
  (p) => sql`insert into email_proofs (organization_id, user_id, value_key, how, connection_id, proven_at)
    select u.organization_id, u.id, ${p.key}, 'provider', ${p.connectionId}, ${p.now}::timestamptz ${owner(p)}
      and exists (select from (${selectVerified(p)}) s where s."isOwn") ${again}`,
)

const parametersOf = (ctx: CallContext, { userId, email }: { userId: string; email: string }): Parameters => ({
  ...{ organizationId: ctx.organizationId, userId, key: fold(email), now: nowOf(ctx) },
})

export type ProvenAddress = { userId: string; email: string; how: 'invitation' | 'reset' }

/** The proof as a statement for the transaction of what proved it; nothing where they do not have the address (any more). */
export const emailProof = (ctx: CallContext, proven: ProvenAddress): Statement<never> =>
  insert({ ...parametersOf(ctx, proven), how: proven.how })

/**
 * The provider that a domain belongs to proves an address in it by signing its person in with it. As a statement for the
 * transaction of the sign-in; nothing where the domain is not the connection's own. @param name the domain of the address
 */
export const providedEmailProof = (
  ctx: CallContext,
  { connectionId, name, ...proven }: { userId: string; email: string; connectionId: string; name: string },
): Statement<never> => insertProvided({ ...parametersOf(ctx, proven), connectionId, name })

const insertInvited = prepared<{ organizationId: string; userId: string; now: string }, never>(
  (p) => sql`insert into email_proofs (organization_id, user_id, value_key, how, proven_at)
    select u.organization_id, u.id, i.email_key, 'invitation', ${p.now}::timestamptz from users u
    cross join lateral (select i.email_key, i.link_shown_at from invitations i where i.organization_id = u.organization_id
      and i.user_id = u.id and i.status = 'accepted' order by i.accepted_at desc limit 1) i
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId}
      and i.link_shown_at is null and i.email_key = any (address_keys(u.attributes, u.user_name_key))
    on conflict (organization_id, user_id, value_key, how) do update set proven_at = excluded.proven_at`,
)

/**
 * The address that the invitation went to whose link has just been accepted, as a statement after its acceptance; nothing where
 * the link was shown to somebody who handed it on.
 */
export const invitedEmailProof = (ctx: CallContext, userId: string): Statement<never> =>
  insertInvited({ organizationId: ctx.organizationId, userId, now: nowOf(ctx) })
