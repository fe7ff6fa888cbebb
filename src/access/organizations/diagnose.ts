// What is wrong in an organization before anybody stumbles over it: addresses that two people have, identities that hang on people
// who are gone, connections through which nobody could come in, directories that ask for the same in vain, mail that does not leave.
import { sql } from 'drizzle-orm'
import { type Connection, isConfigured, isOpenForSignIn, listConnections } from '#connections/sign-in/connections.ts'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'
import { counted } from '#words/counts.ts'

export type Finding = {
  check: 'duplicate_address' | 'identity_of_the_gone' | 'broken_connection' | 'looping_directory' | 'failing_mail'
  /** Ids of what it is about. */
  ids: string[]
  /** What is the case. */
  text: string
  /** What to do about it. */
  advice: string
}

type Key = { organizationId: string }

const most = 1_000

type Duplicate = { id: string; userName: string; address: string; keeperId: string; keeper: string | null }

const duplicates = prepared<Key, Duplicate>(
  (p) => sql`select u.id, u.user_name as "userName", u.email_key as address, u.address_yielded_to as "keeperId",
      k.user_name as keeper
    from users u left join users k on k.organization_id = u.organization_id and k.id = u.address_yielded_to
    where u.organization_id = ${p.organizationId} and u.deleted_at is null and u.address_yielded_to is not null
    order by u.email_key, u.id limit 1000`,
)

type Orphan = { subject: string; connectionId: string; connection: string; userId: string; userName: string }

const orphans = prepared<Key, Orphan>(
  (p) => sql`select i.subject, i.connection_id as "connectionId", c.name as connection, u.id as "userId",
      u.user_name as "userName"
    from identities i join users u on u.organization_id = i.organization_id and u.id = i.user_id and u.deleted_at is not null
    join connections c on c.organization_id = i.organization_id and c.id = i.connection_id
    where i.organization_id = ${p.organizationId} order by i.connection_id, i.subject limit 1000`,
)

type Loop = { directoryId: string; name: string; what: string; tries: number; status: number; lastAt: string }

// The same refused again and again, in the log of as many days as it is kept.
const loops = prepared<Key, Loop>(
  (p) => sql`select e.directory_id as "directoryId", d.name,
      coalesce(e.request ->> 'userName', e.request ->> 'displayName', e.path) as what, count(*)::int as tries, e.status,
      max(e.occurred_at) as "lastAt"
    from provisioning_events e join directories d on d.organization_id = e.organization_id and d.id = e.directory_id
    where e.organization_id = ${p.organizationId} and e.status in (400, 404, 409, 413) and e.method <> 'GET'
    group by e.directory_id, d.name, 3, e.status having count(*) >= 3 order by 4 desc limit 1000`,
)

type Undelivered = { id: string; count: number; lastError: string }

// Of the last mail that was not taken, why; what was given up counts for a week.
const undelivered = prepared<Key, Undelivered>(
  (p) => sql`select id, (count(*) over ())::int as count, last_error as "lastError" from mails
    where organization_id = ${p.organizationId} and last_error is not null
      and (status = 'queued' or status = 'failed' and created_at > now() - interval '7 days')
    order by id desc limit 1`,
)

/** @throws AppError forbidden */
export async function diagnose(ctx: CallContext): Promise<Finding[]> {
  for (const permission of ['users.read', 'connections.read', 'directories.read'] as const)
    requirePermission(ctx, permission)
  const { organizationId } = ctx
  const connections = await listConnections(ctx)
  const [twice = [], gone = [], looping = [], mails = []] = await inTransaction(
    ctx,
    async (tx) =>
      [
        await tx.run(duplicates({ organizationId })),
        await tx.run(orphans({ organizationId })),
        await tx.run(loops({ organizationId })),
        await tx.run(undelivered({ organizationId })),
      ] as const,
  )
  return [
    ...twice.map(ofDuplicate),
    ...gone.map(ofOrphan),
    ...connections.flatMap((connection) => ofConnection(connection, ctx.clock.now())),
    ...looping.map(ofLoop),
    ...mails.map(ofMail),
  ].slice(0, most)
}

const ofDuplicate = ({ id, userName, address, keeperId, keeper }: Duplicate): Finding => ({
  check: 'duplicate_address',
  ids: [id, keeperId],
  text: `${userName} and ${keeper ?? keeperId} have the address ${address}; it signs in ${keeper ?? keeperId} alone`,
  advice: 'Give one of them another address, or deactivate and delete the account that is not used',
})

const ofMail = ({ id, count, lastError }: Undelivered): Finding => ({
  check: 'failing_mail',
  ids: [id],
  text: `${counted(count, 'mail has', 'mails have')} not left; the mail server said: ${lastError}`,
  advice:
    'Try the mail server, on Settings › Mail or with `mail server try`; what is queued is sent once it takes mail',
})

const ofOrphan = ({ subject, connectionId, connection, userId, userName }: Orphan): Finding => ({
  check: 'identity_of_the_gone',
  ids: [userId, connectionId],
  text: `${subject} of ${connection} belongs to ${userName}, who was deleted`,
  advice:
    'It opens nothing. It goes on to whom the directory brings again; otherwise erase the person once they may be',
})

function ofConnection(connection: Connection, now: Date): Finding[] {
  const { id, name, status } = connection
  if (status === 'disabled') return []
  return faultsOf(connection, now).map(([fault, advice]) => ({
    ...{ check: 'broken_connection', ids: [id], advice },
    text: `${isOpenForSignIn(connection) ? 'Nobody can sign in' : 'Nobody could sign in'} through ${name}: ${fault}`,
  }))
}

/** A set-up that somebody is still at, such as behind a setup link: nobody counts on it yet. */
const isUnfinished = ({ status }: Connection): boolean => status === 'draft'

type Fault = [text: string, advice: string]

function faultsOf(connection: Connection, now: Date): Fault[] {
  if (!isConfigured(connection))
    return isUnfinished(connection) ? [] : [['it does not know its provider', 'Enter the metadata or the client']]
  if (connection.type === 'oidc') {
    const { secretExpiresAt } = connection.settings
    const isOver = typeof secretExpiresAt === 'string' && new Date(secretExpiresAt) <= now
    return isOver ? [['its client secret has ended', 'Make a new one at the provider and enter it']] : []
  }
  const trusted = connection.settings.certificates.filter((certificate) => certificate.status === 'trusted')
  if (trusted.length === 0) return [['it trusts no certificate', 'Trust one that the provider signs with']]
  const valid = trusted.filter(({ notAfter }) => new Date(notAfter) > now)
  const refuses = connection.settings.refusesExpiredCertificates
  return refuses && valid.length === 0
    ? [['all of its certificates have ended', 'Ask the provider for its metadata of today']]
    : []
}

const ofLoop = ({ directoryId, name, what, tries, status, lastAt }: Loop): Finding => ({
  check: 'looping_directory',
  ids: [directoryId],
  text: `${name} has asked ${tries} times for ${what} and was refused with ${status}, the last time on ${lastAt}`,
  advice:
    status === 409
      ? 'See the people it asked for on the page of the directory, or give one of the two another name or address at the provider'
      : 'Open the request in the provisioning log: it says what was wrong',
})
