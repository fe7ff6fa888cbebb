// How each kind of work goes from one person to another: by the verb of the thing where it has one, so that its own rules hold.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, nowOf, type Transaction } from '#src/context.ts'
import { updateAssignmentWithin } from '../../grants/assignments/update-assignment.ts'
import { updateTeamWithin } from '../../grants/teams/write-team.ts'
import type { NamedPerson } from '../../ground/named-person.ts'
import type { Work, WorkKind } from './work.ts'

export type Move = { from: string; to: Pick<NamedPerson, 'id' | 'userName'>; work: readonly Work[] }

type Mover = (tx: Transaction, ctx: CallContext, move: Move) => Promise<string[]>

type Between = { organizationId: string; from: string; to: string }

const between = ({ organizationId }: CallContext, { from, to }: Move): Between => ({ organizationId, from, to: to.id })

const itemsOf = ({ work }: Move): string[] => work.map(({ item }) => item)

// By one look at what is theirs, however many of it: what the successor approves already is not there twice.
const moveOwnerships = prepared<Between & { items: string }, { item: string }>(
  (
    p,
  ) => sql`with gone as (delete from ownerships k where k.organization_id = ${p.organizationId} and k.user_id = ${p.from}
      and ${p.items}::jsonb ? (k.kind || '/' || k.type || '/' || k.id) returning *)
    insert into ownerships (organization_id, type, id, kind, user_id, name, url, brand_id, created_at, created_by)
    select g.organization_id, g.type, g.id, g.kind, ${p.to}, g.name, g.url, g.brand_id, g.created_at, g.created_by from gone g
    on conflict do nothing returning kind || '/' || type || '/' || id as item`,
)

const ownership: Mover = async (tx, ctx, move) => {
  const items = JSON.stringify(Object.fromEntries(itemsOf(move).map((item) => [item, true])))
  return (await tx.run(moveOwnerships({ ...between(ctx, move), items }))).map(({ item }) => item)
}

// Where it was to end since the sponsor had gone (src/access/upkeep/sponsors.ts), it ends as it would have ended.
const formerEnds = prepared<
  { organizationId: string; ids: readonly string[] },
  { id: string; expiresAt: string | null }
>(
  (p) => sql`select a.id, (e.detail -> 'before' ->> 'expiresAt') as "expiresAt" from assignments a
    cross join lateral (select x.detail from audit_events x where x.organization_id = a.organization_id and x.target_id = a.id
      and x.action = 'assignment.sponsor_left' order by x.id desc limit 1) e
    where a.organization_id = ${p.organizationId} and a.id = any (${p.ids}::text[]) and a.sponsor_left_at is not null
      and a.expires_at = (e.detail -> 'after' ->> 'expiresAt')::timestamptz
      and coalesce((e.detail -> 'before' ->> 'expiresAt')::timestamptz > now(), true)`,
)

const sponsored: Mover = async (tx, ctx, move) => {
  const ids = itemsOf(move)
  const found = await tx.run(formerEnds({ organizationId: ctx.organizationId, ids }))
  const ends = new Map(found.map(({ id, expiresAt }) => [id, expiresAt]))
  for (const assignmentId of ids) {
    const expiresAt = ends.get(assignmentId)
    const change = { assignmentId, sponsor: move.to.userName, ...(expiresAt === undefined ? {} : { expiresAt }) }
    await updateAssignmentWithin(tx, ctx, change)
  }
  return ids
}

const team: Mover = async (tx, ctx, move) => {
  const ids = itemsOf(move)
  for (const teamId of ids) await updateTeamWithin(tx, ctx, { teamId, leaderId: move.to.id })
  return ids
}

const renameReviewers = prepared<Between & { items: readonly string[] }, { id: string }>(
  (p) => sql`update access_reviews v set
      reviewer_id = case when v.id || '/reviewer' = any (${p.items}::text[]) and v.reviewer_id = ${p.from} then ${p.to}
        else v.reviewer_id end,
      fallback_id = case when v.id || '/fallback' = any (${p.items}::text[]) and v.fallback_id = ${p.from} then ${p.to}
        else v.fallback_id end
    where v.organization_id = ${p.organizationId}
      and v.id in (select split_part(w.item, '/', 1) from unnest(${p.items}::text[]) w (item))
    returning v.id`,
)

const review: Mover = async (tx, ctx, move) => {
  const items = itemsOf(move)
  const changed = await tx.run(renameReviewers({ ...between(ctx, move), items }))
  return items.filter((item) => changed.some(({ id }) => item.startsWith(`${id}/`)))
}

const passLines = prepared<Between & { items: readonly string[]; note: string }, { item: string }>(
  (p) => sql`with asked as (
      delete from access_review_reviewers w using unnest(${p.items}::text[]) k (item)
      where w.organization_id = ${p.organizationId} and w.user_id = ${p.from} and w.review_id = split_part(k.item, '/', 1)
        and w.position = split_part(k.item, '/', 2)::int
      returning w.review_id, w.position, k.item),
    noted as (
      update access_review_lines l set passed_on = l.passed_on || ${p.note}::jsonb from asked a
      where l.organization_id = ${p.organizationId} and l.review_id = a.review_id and l.position = a.position
      returning l.review_id, l.position),
    given as (
      insert into access_review_reviewers (organization_id, user_id, review_id, position)
      select ${p.organizationId}, ${p.to}, n.review_id, n.position from noted n on conflict do nothing
      returning review_id, position)
    select g.review_id || '/' || g.position as item from given g`,
)

const reviewLine: Mover = async (tx, ctx, move) => {
  const reason = 'Handed over by whoever had it before'
  const note = JSON.stringify([{ from: move.from, to: move.to.id, reason, at: nowOf(ctx) }])
  const moved = await tx.run(passLines({ ...between(ctx, move), items: itemsOf(move), note }))
  return moved.map(({ item }) => item)
}

const moveTasks = prepared<Between & { items: readonly string[] }, { item: string }>(
  (p) => sql`update checklist_tasks k set owner_id = ${p.to} from unnest(${p.items}::text[]) w (item)
    where k.organization_id = ${p.organizationId} and k.owner_id = ${p.from} and k.settled_at is null
      and k.checklist_id = split_part(w.item, '/', 1) and k.position = split_part(w.item, '/', 2)::int
    returning w.item`,
)

const task: Mover = async (tx, ctx, move) =>
  (await tx.run(moveTasks({ ...between(ctx, move), items: itemsOf(move) }))).map(({ item }) => item)

const moveAssets = prepared<Between & { items: readonly string[] }, { item: string }>(
  (
    p,
  ) => sql`with gone as (delete from asset_people x where x.organization_id = ${p.organizationId} and x.user_id = ${p.from}
      and x.kind || '/' || x.type || '/' || x.asset_id = any (${p.items}::text[]) returning *)
    insert into asset_people (organization_id, type, asset_id, user_id, kind)
    select g.organization_id, g.type, g.asset_id, ${p.to}, g.kind from gone g
    on conflict do nothing returning kind || '/' || type || '/' || asset_id as item`,
)

const asset: Mover = async (tx, ctx, move) =>
  (await tx.run(moveAssets({ ...between(ctx, move), items: itemsOf(move) }))).map(({ item }) => item)

const movers: Record<WorkKind, Mover> = { ownership, sponsored, team, review, review_line: reviewLine, task, asset }

/** @returns what the successor has now and did not have before @throws whatever the verbs of the things throw */
export async function moveWork(tx: Transaction, ctx: CallContext, move: Move): Promise<Work[]> {
  const moved: Work[] = []
  for (const kind of new Set(move.work.map((each) => each.kind))) {
    const work = move.work.filter((each) => each.kind === kind)
    const items = new Set(await movers[kind](tx, ctx, { ...move, work }))
    moved.push(...work.filter(({ item }) => items.has(item)))
  }
  return moved
}
