// Telling people what has changed of their access since they were told last: candidates by what the history has had since then,
// then a few people at a time, each with one mail at most. What was undone in between says nothing.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { isPerson } from '#db/emergency.ts'
import { prepared } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { timeZoneColumn } from '#directory/time-zone.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'
import { accessDigestLetter, type DigestLine, digestSentence } from '#words/letters/access-digest.ts'
import { sourceText } from '#words/role-sources.ts'
import { knownZone } from '#words/zones.ts'
import { organizationName } from '../../notices/alarms/organization-name.ts'
import { queueMail } from '../../notices/mail/queue-mail.ts'
import { changesOf, type Moments } from './changes.ts'

type Key = { organizationId: string }

// Never before the history begins, to the millisecond.
const fromColumn = sql`greatest(coalesce(d.told_until, o.created_at),
  date_trunc('milliseconds', history_begins()) + interval '1 millisecond')::timestamptz(3)`

/** What is younger waits: its last word may not have been said, or its transaction not have ended. */
const settled = sql`date_trunc('milliseconds', now() - interval '5 minutes')`

const window = prepared<Key, Moments>(
  (p) => sql`select ${fromColumn} as from, ${settled}::timestamptz(3) as until
    from organizations o left join access_digests d on d.organization_id = o.id where o.id = ${p.organizationId}`,
)

const underWay = prepared<Key, Moments>(
  (
    p,
  ) => sql`select d.told_from as from, d.told_until as until from access_digests d where d.organization_id = ${p.organizationId}
    and exists (select from access_digest_people p where p.organization_id = d.organization_id)`,
)

/** Nothing while it is not time yet, or off; nor where another node was faster. */
const open = prepared<Key, Moments & { people: number }>(
  (p) => sql`with moments as (
      select ${fromColumn} as starts, ${settled} as ends, coalesce(d.pace, 'daily') as pace
      from organizations o left join access_digests d on d.organization_id = o.id where o.id = ${p.organizationId}),
    due as (select * from moments where pace <> 'off'
      and starts <= ends - case pace when 'hourly' then interval '1 hour' else interval '1 day' end),
    opened as (
      insert into access_digests (organization_id, pace, told_from, told_until)
      select ${p.organizationId}, pace, starts, ends from due
      on conflict (organization_id) do update set told_from = excluded.told_from, told_until = excluded.told_until
        where access_digests.told_until <= excluded.told_from
      returning told_from, told_until),
    queued as (
      insert into access_digest_people (organization_id, user_id)
      select u.organization_id, u.id from opened o cross join lateral people_with_changed_access(o.told_from) c
      join users u on u.organization_id = ${p.organizationId} and u.id = c.user_id
      on conflict do nothing returning 1)
    select told_from as from, told_until as until, (select count(*)::int from queued) as people from opened`,
)

const next = prepared<Key & { limit: number }, { userId: string }>(
  (p) => sql`select user_id as "userId" from access_digest_people where organization_id = ${p.organizationId}
    order by user_id limit ${p.limit}::int`,
)

type Recipient = { userId: string; email: string | null; timeZone: string | null }

/** Takes them off the list. @returns those who are told at all */
const settle = prepared<Key & { userIds: readonly string[] }, Recipient>(
  (p) => sql`with gone as (delete from access_digest_people where organization_id = ${p.organizationId}
      and user_id = any (${p.userIds}::text[]) returning user_id)
    select u.id as "userId", ${emailColumn} as email, ${timeZoneColumn} as "timeZone" from gone
    join users u on u.organization_id = ${p.organizationId} and u.id = gone.user_id
    where u.status = 'active' and u.deleted_at is null and ${isPerson} order by u.id`,
)

const atOnce = 100

/** @param ctx the worker's */
export async function sendAccessDigests(ctx: CallContext): Promise<void> {
  const { organizationId } = ctx
  const moments = await inTransaction(ctx, async (tx) => {
    const [begun] = await tx.run(underWay({ organizationId }))
    return begun ?? (await tx.run(open({ organizationId })))[0]
  })
  if (moments === undefined) return
  const { from, until } = moments
  let mails = 0
  for (;;) {
    const [people = []] = await inTransaction(ctx, (tx) => tx.commitWith(next({ organizationId, limit: atOnce })))
    if (people.length === 0) break
    mails += await tellSome(
      ctx,
      people.map(({ userId }) => userId),
      { from, until },
    )
  }
  if (mails === 0) return
  const entry = { action: 'access_digest.send', targetType: 'organization', targetId: organizationId } as const
  await inTransaction(ctx, (tx) => tx.commitWith(recordAudit(ctx, { ...entry, detail: { from, until, mails } })))
}

/** @returns how many mails are queued */
async function tellSome(ctx: CallContext, userIds: string[], moments: Moments): Promise<number> {
  const changes = await changesOf(ctx, userIds, moments)
  return inTransaction(ctx, async (tx) => {
    const organization = await organizationName(tx, ctx)
    let mails = 0
    for (const { userId, email, timeZone } of await tx.run(settle({ organizationId: ctx.organizationId, userIds }))) {
      const lines = changes.get(userId)
      if (lines === undefined || email === null) continue
      const about = { organization, lines, from: moments.from, accountUrl: ctx.urls.page('/account') }
      const letter = accessDigestLetter({ ...about, zone: knownZone(timeZone) })
      await queueMail(tx, ctx, { kind: 'access_digest', to: email, readerId: userId, letter, targetId: userId })
      mails += 1
    }
    return mails
  })
}

export type DigestPreview = Moments & {
  /** Who may be concerned; for some of them nothing will have changed. */
  candidates: number
  /** Of the first hundred of those, who would be told, and what. */
  people: { userId: string; name: string; sentences: string[]; lines: ShownLine[] }[]
}

/** With through what it is or was held, in a few words each: `group Writers`. */
type ShownLine =
  | Exclude<DigestLine, { sources: unknown }>
  | (Omit<DigestLine & { sources: unknown }, 'sources'> & { through: string[] })

const shownLine = (line: DigestLine): ShownLine => {
  if (!('sources' in line)) return line
  const { sources, ...rest } = line
  return { ...rest, through: [...new Set(sources.map(sourceText))] }
}

const candidates = prepared<Key & { from: string }, { userId: string; name: string }>(
  (
    p,
  ) => sql`select u.id as "userId", coalesce(u.display_name, u.user_name) as name from people_with_changed_access(${p.from}::timestamptz) c
    join users u on u.organization_id = ${p.organizationId} and u.id = c.user_id where u.status = 'active' order by u.id`,
)

/** What people would be told if it were time now; nothing is sent. @throws AppError forbidden */
export async function previewAccessDigest(ctx: CallContext): Promise<DigestPreview> {
  requirePermission(ctx, 'users.read')
  requirePermission(ctx, 'assignments.read')
  const { organizationId } = ctx
  const { moments, found, organization } = await inTransaction(ctx, async (tx) => {
    const [span] = await tx.run(window({ organizationId }))
    const { from = '', until = '' } = span ?? {}
    const rows = from < until ? await tx.run(candidates({ organizationId, from })) : []
    return { moments: { from, until }, found: rows, organization: await organizationName(tx, ctx) }
  })
  const shown = new Map(found.slice(0, atOnce).map(({ userId, name }) => [userId, name]))
  const changes = shown.size === 0 ? new Map<string, DigestLine[]>() : await changesOf(ctx, [...shown.keys()], moments)
  const people = [...changes].map(([userId, lines]) => ({
    ...{ userId, name: shown.get(userId) ?? userId, lines: lines.map(shownLine) },
    sentences: lines.map((line) => digestSentence(line, organization)),
  }))
  return { ...moments, candidates: found.length, people }
}
