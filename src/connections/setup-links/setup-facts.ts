// How far a set-up is: everything that its steps tick themselves by, read at once, since pages ask for it again and again.
import { sql } from 'drizzle-orm'
import { isoTime, prepared } from '#db/statement.ts'
import { isWaiting } from '#db/waiting.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import { type DomainRecord, domainColumns } from '../domains/domains.ts'
import { isQuirkName, type Quirk, quirks } from '../provisioning/quirks.ts'
import { type Connection, connectionById } from '../sign-in/connections.ts'

type Attempt = { id: string; reference: string; outcome: string; reason: string | null; occurredAt: string }

type Row = {
  /** Null where the connection has no directory. */
  directory: {
    id: string
    name: string
    status: 'active' | 'disabled'
    liveTokens: number
    firstRequestAt: string | null
    lastRequestAt: string | null
    lastErrorAt: string | null
    lastError: string | null
  } | null
  users: number
  /** Of them, those who wait to be let in. */
  waiting: number
  groups: number
  mappings: number
  quirkNames: string[]
  /** The last test or sign-in that worked, and the last one that was refused. */
  lastGood: Attempt | null
  lastRefused: (Attempt & { detail: string | null }) | null
  hasOverage: boolean
}

export type SetupFacts = Omit<Row, 'quirkNames'> & {
  connection: Connection
  domains: DomainRecord[]
  /** What the provider does beside the standard and should be changed there. */
  quirks: Quirk[]
}

const attemptColumn = sql`json_build_object('id', a.id, 'reference', a.reference, 'outcome', a.outcome,
  'reason', a.reason, 'occurredAt', ${isoTime(sql`a.occurred_at`)})`

const select = prepared<{ organizationId: string; connectionId: string }, Row>(
  (p) => sql`with own as (select organization_id, id, directory_id from connections
      where organization_id = ${p.organizationId} and id = ${p.connectionId})
    select (select json_build_object('id', d.id, 'name', d.name, 'status', d.status,
        'liveTokens', (select count(*) from directory_tokens t where t.organization_id = d.organization_id
          and t.directory_id = d.id and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())),
        'firstRequestAt', ${isoTime(sql`a.first_request_at`)}, 'lastRequestAt', ${isoTime(sql`a.last_request_at`)}, 'lastErrorAt', ${isoTime(sql`a.last_error_at`)},
        'lastError', a.last_error)
      from directories d left join directory_activity a on a.organization_id = d.organization_id and a.directory_id = d.id
      where d.organization_id = own.organization_id and d.id = own.directory_id) as directory,
    (select count(*)::int from users u where u.organization_id = own.organization_id
      and u.directory_id = own.directory_id and u.deleted_at is null) as users,
    (select count(*)::int from users u where u.organization_id = own.organization_id
      and u.directory_id = own.directory_id and u.deleted_at is null and ${isWaiting}) as waiting,
    (select count(*)::int from groups g where g.organization_id = own.organization_id
      and g.directory_id = own.directory_id) as groups,
    (select count(*)::int from mappings m left join groups g on g.organization_id = m.organization_id and g.id = m.group_id
      where m.organization_id = own.organization_id and (m.group_id is null or g.directory_id = own.directory_id
        or g.id in (select cg.group_id from connection_groups cg where cg.organization_id = own.organization_id
          and cg.connection_id = own.id))) as mappings,
    (select coalesce(json_agg(distinct q.name), '[]') from (select e.quirks from provisioning_events e
        where e.organization_id = own.organization_id and e.directory_id = own.directory_id
        order by e.id desc limit 200) recent
      cross join lateral jsonb_array_elements_text(recent.quirks) q (name)) as "quirkNames",
    (select ${attemptColumn} from sign_in_attempts a where a.organization_id = own.organization_id
      and a.connection_id = own.id and a.outcome in ('tested', 'signed_in', 'pending')
      order by a.id desc limit 1) as "lastGood",
    (select (${attemptColumn})::jsonb || jsonb_build_object('detail', (select s ->> 'detail'
        from jsonb_array_elements(a.trace -> 'steps') s where s ->> 'result' = 'failed' limit 1))
      from sign_in_attempts a where a.organization_id = own.organization_id
      and a.connection_id = own.id and a.outcome = 'refused' order by a.id desc limit 1) as "lastRefused",
    coalesce((select a.trace::text like '%unknown-overage%' from sign_in_attempts a
      where a.organization_id = own.organization_id and a.connection_id = own.id
        and a.outcome in ('tested', 'signed_in') order by a.id desc limit 1), false) as "hasOverage"
    from own`,
)

const seenDomains = prepared<{ organizationId: string; names: readonly string[] | null }, DomainRecord>(
  (p) => sql`select ${domainColumns} from domains d where d.organization_id = ${p.organizationId}
      and (${p.names}::text[] is null or d.name = any (${p.names}::text[])) order by d.id limit 50`,
)

/**
 * @param domains the names of the domains to look at; all, unless said otherwise
 * @throws AppError not_found, forbidden; unauthenticated where the caller's link or session is over by now
 */
export async function readSetupFacts(
  ctx: CallContext,
  connectionId: string,
  domains: readonly string[] | null = null,
): Promise<SetupFacts> {
  requirePermission(ctx, 'connections.read')
  requirePermission(ctx, 'directories.read')
  if (!isId('con', connectionId)) return refuseUnknown(ctx, 'Connection')
  const { organizationId } = ctx
  const key = { organizationId, connectionId }
  const [connections, facts, records] = await inTransaction(ctx, (tx) =>
    tx.commitWith<unknown>(connectionById(key), select(key), seenDomains({ organizationId, names: domains })),
  )
  const [connection, row] = [connections?.[0] as Connection | undefined, facts?.[0] as Row | undefined]
  if (connection === undefined || row === undefined) throw notFound('Connection')
  const { quirkNames, ...rest } = row
  const worth = quirkNames.filter(isQuirkName).map((name): Quirk => quirks[name])
  return {
    ...{ ...rest, connection, domains: (records ?? []) as DomainRecord[] },
    quirks: worth.filter(({ change }) => change !== null),
  }
}
