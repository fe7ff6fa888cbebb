// All that decides whether somebody with this address can sign in, read at once.
import { type SQL, sql } from 'drizzle-orm'
import { domainOf, selectVerified } from '#connections/domains/domains.ts'
import { isEmergencyAccount } from '#db/emergency.ts'
import { isoTime, prepared } from '#db/statement.ts'
import { signsInBy } from '#directory/email.ts'
import { fold } from '#directory/fold.ts'
import type { StatusReason, UserStatus } from '#directory/users.ts'
import { type CallContext, inTransaction, inTrial } from '#src/context.ts'
import { nameCounter } from '../../accounts/account/candidates.ts'
import { limits } from '../../accounts/account/rate-limits.ts'
import { attemptCounted } from '../../ground/count-attempts.ts'
import { attemptColumns, type SignInAttempt } from '../../sign-in/attempts.ts'

export type Connection = {
  id: string
  name: string
  status: string
  jit: string
  directoryId: string | null
  /** Whether it can say who they are: it has before, its directory brought them, or it may vouch for their address. */
  leads: boolean
}

export type SignInFacts = {
  organization: { isActive: boolean; passwordSignIn: 'allowed' | 'off' }
  person: {
    id: string
    userName: string
    displayName: string | null
    status: UserStatus
    statusReason: StatusReason | null
    statusChangedAt: string
    /** Until when they are meant to be away. */
    returnsAt: string | null
    directory: { id: string; name: string } | null
    hasPassword: boolean
    passkeys: number
    isEmergencyAccount: boolean
    /** Connections that they have signed in through. */
    identities: string[]
    /** Names of connections through which somebody asks to be them, for an administrator to approve. */
    waitingLinks: string[]
    invitation: { id: string; expiresAt: string; isExpired: boolean; delivery: string | null } | null
    /** How many roles they hold now, in the organization or in brands. */
    roles: number
  } | null
  /** Somebody of this name whom a directory has deleted. */
  isDeleted: boolean
  /** Where nobody signs in by the name: whose further address it is, or whose it was before; at most five of them. */
  namesakes: { userName: string; isFurther: boolean; hasLeft: boolean }[]
  connections: Connection[]
  /** The organization has proven the domain of the address. */
  isVerifiedDomain: boolean
  domain: string | null
  /** How long the next attempt with a password would have to wait; 0: not at all. */
  lockedSeconds: number
  attempts: SignInAttempt[]
}

type Key = { organizationId: string; key: string; domain: string }

/** As a sign-in through `connections c` would find the person, or by the address alone where there is nobody. */
const leads = (p: { [key in keyof Key]: SQL }): SQL => sql`(
    exists (select from person u join identities y on y.organization_id = u.organization_id and y.user_id = u.id
      where y.connection_id = c.id)
    or exists (select from person u where u.directory_id = c.directory_id)
    or exists (select from (${selectVerified({
      organizationId: p.organizationId,
      name: sql`coalesce((select split_part(u.email_key, '@', 2) from person u), ${p.domain})`,
      connectionId: sql`c.id`,
    })}) v where v."mayVouch"))`

const facts = prepared<Key, Omit<SignInFacts, 'domain' | 'lockedSeconds' | 'attempts'>>(
  (p) => sql`with person as (
      select u.* from users u where u.organization_id = ${p.organizationId} and u.deleted_at is null
        and ${signsInBy(p.key)}
      order by (u.user_name_key = ${p.key}) desc, u.id limit 1)
    select json_build_object('isActive', o.status = 'active', 'passwordSignIn', o.password_sign_in) as organization,
      (select json_build_object('id', u.id, 'userName', u.user_name, 'displayName', u.display_name, 'status', u.status,
          'statusReason', u.status_reason, 'statusChangedAt', ${isoTime(sql`u.status_changed_at`)},
          'returnsAt', ${isoTime(sql`u.returns_at`)},
          'directory', (select json_build_object('id', d.id, 'name', d.name) from directories d
            where d.organization_id = o.id and d.id = u.directory_id),
          'hasPassword', exists (select from passwords w where w.organization_id = o.id and w.user_id = u.id),
          'passkeys', (select count(*)::int from passkeys k where k.organization_id = o.id and k.user_id = u.id),
          'isEmergencyAccount', ${isEmergencyAccount},
          'identities', (select coalesce(json_agg(distinct y.connection_id), '[]') from identities y
            where y.organization_id = o.id and y.user_id = u.id),
          'waitingLinks', (select coalesce(json_agg(distinct c.name), '[]') from link_requests l
            join connections c on c.organization_id = l.organization_id and c.id = l.connection_id
            where l.organization_id = o.id and l.user_id = u.id and l.status = 'pending'),
          'invitation', (select json_build_object('id', i.id, 'expiresAt', ${isoTime(sql`i.expires_at`)}, 'isExpired', i.expires_at <= now(),
              'delivery', (select m.status from mails m where m.organization_id = o.id and m.target_id = i.id
                order by m.id desc limit 1))
            from invitations i where i.organization_id = o.id and i.user_id = u.id and i.status = 'pending'),
          'roles', (select count(*)::int from effective_assignments e where e.organization_id = o.id and e.user_id = u.id))
        from person u) as person,
      exists (select from users u where u.organization_id = o.id and u.deleted_at is not null
        and (u.user_name_key = ${p.key} or u.email_key = ${p.key})) as "isDeleted",
      (select coalesce(json_agg(json_build_object('userName', n.user_name, 'isFurther', n.is_further, 'hasLeft', n.has_left)
          order by n.has_left, n.user_name), '[]')
        from (select u.user_name, bool_or(o.is_further) as is_further, bool_and(u.deleted_at is not null or u.status = 'inactive') as has_left
          from (select e.user_id, true as is_further from user_emails e where e.organization_id = ${p.organizationId} and e.value_key = ${p.key}
            union all select f.user_id, false from former_names f where f.organization_id = ${p.organizationId}
              and f.kind in ('user_name', 'address') and f.value_key = ${p.key}) o
          join users u on u.organization_id = ${p.organizationId} and u.id = o.user_id and (u.deleted_at is null or not o.is_further)
          where not exists (select from person)
          group by u.id, u.user_name order by 3, 1 limit 5) n) as namesakes,
      (select coalesce(json_agg(json_build_object('id', c.id, 'name', c.name, 'status', c.status, 'jit', c.jit,
          'directoryId', c.directory_id, 'leads', ${leads(p)}) order by c.id), '[]')
        from connections c where c.organization_id = o.id and c.status in ('optional', 'enforced')) as connections,
      exists (select from domains d where d.organization_id = o.id and d.name = ${p.domain} and d.status = 'verified')
        as "isVerifiedDomain"
    from organizations o where o.id = ${p.organizationId}`,
)

const recent = 1_000

/** Of the person, and those of nobody that named the address. */
const attemptsOf = prepared<{ organizationId: string; userId: string | null; key: string }, SignInAttempt>(
  (p) => sql`select ${attemptColumns}
    from (
      (select * from sign_in_attempts where organization_id = ${p.organizationId} and user_id = ${p.userId}
        order by id desc limit 10)
      union
      (select * from (select * from sign_in_attempts where organization_id = ${p.organizationId}
          order by id desc limit ${sql.raw(String(recent))}) latest
        where user_id is null and strpos(fold((trace -> 'received')::text), ${p.key}) > 0 limit 10)) a
    order by a.id desc limit 10`,
)

/** @param name an e-mail address or userName, as it is typed at the sign-in page. */
export async function readSignInFacts(ctx: CallContext, name: string): Promise<SignInFacts | undefined> {
  const key = fold(name.trim())
  const domain = domainOf(name.trim()) ?? null
  const { organizationId } = ctx
  const found = await inTransaction(ctx, async (tx) => {
    const [row] = await tx.run(facts({ organizationId, key, domain: domain ?? '' }))
    const attempts = await tx.run(attemptsOf({ organizationId, userId: row?.person?.id ?? null, key }))
    return row === undefined ? undefined : { ...row, domain, attempts }
  })
  return found === undefined ? undefined : { ...found, lockedSeconds: await lockedSeconds(ctx, key) }
}

/** At whichever door it is longer; what other organizations count is not looked at. */
async function lockedSeconds(ctx: CallContext, key: string): Promise<number> {
  const { organizationId } = ctx
  const counters = [true, false].map((isNamed) =>
    nameCounter(limits.passwordPerAccount, { key, organizationId, isNamed }),
  )
  const rows = await inTrial(ctx, (tx) => Promise.all(counters.map((counter) => tx.run(attemptCounted(counter)))))
  return Math.max(...rows.map(([row]) => row?.seconds ?? 0))
}
