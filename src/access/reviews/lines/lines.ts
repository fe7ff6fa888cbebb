// Lines of a campaign: how they are read, a page at a time by their position, which is by brand and then by name.
import { type SQL, sql } from 'drizzle-orm'
import { isoTime, once } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import type { UserStatus } from '#directory/users.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { type ReviewAnswer, requireSeen } from '../scope/reviews.ts'

export type AdviceReason = 'inactive' | 'unused' | 'sponsor_left' | 'outside_without_end' | 'unlike_peers' | 'usual'

export type ReviewOutcome = 'kept' | 'removed' | 'ended' | 'task' | 'gone' | 'refused'
export type TaskStatus = 'waiting' | 'open' | 'done' | 'cancelled' | 'refused'

/** Through what they hold it. */
export type LineSource =
  | { type: 'direct'; assignmentId: string; reason: string; sponsor: string | null }
  | {
      type: 'mapping'
      mappingId: string
      /** Those that the person is in, by their own names and that of the directory or connection they come from. */
      groups: { id: string; name: string; provider: string | null }[]
      filter: string | null
    }
  /** By being in a team, or in one within it. */
  | { type: 'team'; teamRoleId: string; team: { id: string; name: string }; reason: string }
  /** The account as such, of somebody who holds so many roles. */
  | { type: 'account'; roles: number }

export type PassedOn = { from: string; to: string; reason: string; at: string }

export type ReviewLine = {
  reviewId: string
  position: number
  user: { id: string; userName: string; displayName: string | null; status: UserStatus }
  /** Null: the account. */
  role: { id: string; name: string } | null
  /** Null: in the organization. */
  brand: { id: string; name: string } | null
  source: LineSource
  since: string | null
  expiresAt: string | null
  lastActiveAt: string | null
  isPrivileged: boolean
  isOutside: boolean
  /** Of so many others who stand alike, so many hold it; null where there is nobody to compare with. */
  peers: { by: 'groups' | 'brand'; count: number; holding: number } | null
  advice: { answer: ReviewAnswer; reason: AdviceReason }
  reviewers: { id: string; name: string }[]
  isFallback: boolean
  passedOn: PassedOn[]
  answer: {
    answer: ReviewAnswer
    endAt: string | null
    comment: string | null
    at: string
    /** `system`: nobody answered. */
    by: { type: string; id: string; name: string | null }
  } | null
  /** Until then the answer can be changed; null where it takes nothing away. */
  effectiveAt: string | null
  outcome: ReviewOutcome | null
  /** Why it could not take effect. */
  message: string | null
  appliedAt: string | null
  restoredAt: string | null
  restoreMessage: string | null
  task: { id: string; status: TaskStatus } | null
}

const sourceColumn = sql`case l.source
  when 'direct' then json_build_object('type', 'direct', 'assignmentId', l.source_id, 'reason', coalesce(l.through ->> 'reason', ''),
    'sponsor', l.through ->> 'sponsor')
  when 'mapping' then json_build_object('type', 'mapping', 'mappingId', l.source_id, 'groups', coalesce(l.through -> 'groups', '[]'),
    'filter', l.through ->> 'filter')
  when 'team' then json_build_object('type', 'team', 'teamRoleId', l.source_id, 'team', l.through -> 'team',
    'reason', coalesce(l.through ->> 'reason', ''))
  else json_build_object('type', 'account', 'roles', coalesce((l.through ->> 'roles')::int, 0)) end`

/** A ReviewLine as JSON; of `access_review_lines l`. */
export const lineJson = sql`json_build_object('reviewId', l.review_id, 'position', l.position,
  'user', json_build_object('id', l.user_id, 'userName', l.user_name, 'displayName', l.display_name, 'status', l.status),
  'role', case when l.role_id is not null then json_build_object('id', l.role_id, 'name', l.role_name) end,
  'brand', case when l.brand_id is not null then json_build_object('id', l.brand_id, 'name', l.brand_name) end,
  'source', ${sourceColumn}, 'since', ${isoTime(sql`l.since`)}, 'expiresAt', ${isoTime(sql`l.expires_at`)},
  'lastActiveAt', ${isoTime(sql`l.last_active_at`)}, 'isPrivileged', l.is_privileged, 'isOutside', l.is_outside,
  'peers', case when l.peers > 0 and l.peers_by is not null
    then json_build_object('by', l.peers_by, 'count', l.peers, 'holding', l.peers_holding) end,
  'advice', json_build_object('answer', l.advice, 'reason', l.advice_reason),
  'reviewers', (select coalesce(json_agg(json_build_object('id', u.id, 'name', coalesce(u.display_name, u.user_name)) order by u.id), '[]')
    from access_review_reviewers w join users u on u.organization_id = w.organization_id and u.id = w.user_id
    where w.organization_id = l.organization_id and w.review_id = l.review_id and w.position = l.position),
  'isFallback', exists (select from access_review_reviewers w where w.organization_id = l.organization_id
    and w.review_id = l.review_id and w.position = l.position and w.is_fallback), 'passedOn', l.passed_on,
  'answer', case when l.answer is not null then json_build_object('answer', l.answer, 'endAt', ${isoTime(sql`l.end_at`)},
    'comment', l.comment, 'at', ${isoTime(sql`l.answered_at`)},
    'by', json_build_object('type', l.answered_by_type, 'id', l.answered_by, 'name', l.answered_by_name)) end,
  'effectiveAt', ${isoTime(sql`l.effective_at`)}, 'outcome', l.outcome, 'message', l.message,
  'appliedAt', ${isoTime(sql`l.applied_at`)}, 'restoredAt', ${isoTime(sql`l.restored_at`)}, 'restoreMessage', l.restore_message,
  'task', (select json_build_object('id', t.id, 'status', t.status) from review_tasks t where t.organization_id = l.organization_id
    and t.review_id = l.review_id and t.position = l.position order by t.id desc limit 1))`

export type LineState = 'unanswered' | 'answered' | 'pending' | 'taken' | 'refused'

export type LinesFilter = {
  /** `pending`: the answer takes something away, and has not yet. `taken`: it has. */
  state?: LineState | undefined
  /** Part of the person's name. */
  q?: string | undefined
  userId?: string | undefined
  roleId?: string | undefined
  brandId?: string | undefined
  advice?: ReviewAnswer | undefined
  isPrivileged?: boolean | undefined
  reviewerId?: string | undefined
}

const stateConditions: Record<LineState, SQL> = {
  unanswered: sql`l.answer is null`,
  answered: sql`l.answer is not null`,
  pending: sql`l.effective_at is not null and l.outcome is null`,
  taken: sql`l.outcome in ('removed', 'ended', 'task')`,
  refused: sql`l.outcome = 'refused'`,
}

const conditionsOf = (filter: LinesFilter): SQL[] => {
  const { state, q, userId, roleId, brandId, advice, isPrivileged, reviewerId } = filter
  const pattern = q === undefined ? '' : `%${fold(q).replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  return [
    ...(state === undefined ? [] : [stateConditions[state]]),
    ...(q === undefined ? [] : [sql`fold(coalesce(l.display_name, '') || ' ' || l.user_name) like ${pattern}`]),
    ...(userId === undefined ? [] : [sql`l.user_id = ${userId}`]),
    ...(roleId === undefined ? [] : [sql`l.role_id = ${roleId}`]),
    ...(brandId === undefined
      ? []
      : [brandId === 'organization' ? sql`l.brand_id is null` : sql`l.brand_id = ${brandId}`]),
    ...(advice === undefined ? [] : [sql`l.advice = ${advice}`]),
    ...(isPrivileged === undefined ? [] : [sql`l.is_privileged = ${isPrivileged}`]),
    ...(reviewerId === undefined
      ? []
      : [
          sql`exists (select from access_review_reviewers w where w.organization_id = l.organization_id
            and w.user_id = ${reviewerId} and w.review_id = l.review_id and w.position = l.position)`,
        ]),
  ]
}

export type LinesPage = { reviewId: string; filter: LinesFilter; after?: number | undefined; limit: number }

/** Whoever asks: that is for the caller to judge. */
export const linesStatement = (
  { organizationId }: CallContext,
  { reviewId, filter, after = 0, limit }: LinesPage,
  /** One more table beside `access_review_lines l`. */
  among: SQL = sql`access_review_lines l`,
) => {
  const conditions = [
    sql`l.organization_id = ${organizationId} and l.review_id = ${reviewId} and l.position > ${after}`,
    ...conditionsOf(filter),
  ]
  return once<{ line: ReviewLine }>(
    sql`select ${lineJson} as line from ${among} where ${sql.join(conditions, sql` and `)}
      order by l.position limit ${limit}`,
    { isPrepared: false },
  )
}

/** By position, those after one. @throws AppError forbidden; not_found */
export async function listReviewLines(ctx: CallContext, page: LinesPage): Promise<ReviewLine[]> {
  const id = await requireSeen(ctx, page.reviewId)
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(linesStatement(ctx, { ...page, reviewId: id })))
  return rows.map(({ line }) => line)
}

export type ReviewFigures = {
  keep: number
  remove: number
  end: number
  unanswered: number
  /** Of the answers: by what no answer means, once the campaign has closed. */
  byNobody: number
  pending: number
  taken: number
  refused: number
  gone: number
  openTasks: number
  restored: number
}

/** How far a campaign is, in numbers. */
export async function countLines(ctx: CallContext, reviewId: string): Promise<ReviewFigures> {
  const id = await requireSeen(ctx, reviewId)
  const counted = (condition: SQL): SQL => sql`(count(*) filter (where ${condition}))::int`
  const statement = once<ReviewFigures>(
    sql`select ${counted(sql`l.answer = 'keep'`)} as keep, ${counted(sql`l.answer = 'remove'`)} as remove,
      ${counted(sql`l.answer = 'end'`)} as "end", ${counted(stateConditions.unanswered)} as unanswered,
      ${counted(sql`l.answered_by_type = 'system'`)} as "byNobody",
      ${counted(stateConditions.pending)} as pending, ${counted(stateConditions.taken)} as taken,
      ${counted(stateConditions.refused)} as refused, ${counted(sql`l.outcome = 'gone'`)} as gone,
      ${counted(sql`l.restored_at is not null`)} as restored,
      (select count(*)::int from review_tasks t where t.organization_id = ${ctx.organizationId} and t.review_id = ${id}
        and t.status in ('waiting', 'open')) as "openTasks"
      from access_review_lines l where l.organization_id = ${ctx.organizationId} and l.review_id = ${id}`,
  )
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const figures = rows?.[0]
  if (figures === undefined) throw new Error('Counting answers with a row')
  return figures
}
