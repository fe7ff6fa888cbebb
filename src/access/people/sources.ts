// Through what somebody holds a role, in more words than a decision needs: since when, by whom, until when.
import { sql } from 'drizzle-orm'
import { isoTime } from '#db/statement.ts'
import type { RoleKind } from '../decisions/evaluate.ts'

export type HoldingSource =
  | {
      type: 'mapping'
      mappingId: string
      /** From the group that the person is a member of to the group that is mapped; empty where a filter takes its place. */
      path: { id: string; displayName: string }[]
      filter: string | null
      /** Since when they are a member of the first group. */
      since: string | null
    }
  | {
      type: 'direct'
      assignmentId: string
      reason: string
      sponsor: string | null
      since: string
      expiresAt: string | null
      reviewAt: string | null
    }
  | {
      type: 'team'
      teamRoleId: string
      /** The team that holds the role; the person is in it, or in a team within it. */
      team: { id: string; name: string }
      reason: string
      /** Since when the team holds it. */
      since: string
      expiresAt: string | null
    }

export type HeldRole = {
  role: { id: string; key: string; name: string; kind: RoleKind; rank: number }
  /** Null: in the organization. */
  brand: { id: string; slug: string; name: string } | null
  source: HoldingSource
}

const pathColumn = sql`(select coalesce(json_agg(json_build_object('id', g.id, 'displayName', g.display_name) order by step.at), '[]')
  from unnest(e.group_path) with ordinality step (id, at)
  join groups g on g.organization_id = e.organization_id and g.id = step.id)`

const sinceColumn = sql`(select gm.created_at from group_members gm where gm.organization_id = e.organization_id
  and gm.group_id = e.group_path[1] and gm.user_id = e.user_id)`

/** Of `effective_assignments e`. */
const sourceColumn = sql`case e.source
  when 'mapping' then json_build_object('type', 'mapping', 'mappingId', e.source_id, 'path', ${pathColumn},
    'filter', e.filter, 'since', ${isoTime(sinceColumn)})
  when 'team' then (select json_build_object('type', 'team', 'teamRoleId', x.id, 'team', json_build_object('id', t.id, 'name', t.name),
      'reason', x.reason, 'since', ${isoTime(sql`x.created_at`)}, 'expiresAt', ${isoTime(sql`x.expires_at`)})
    from team_roles x join teams t on t.organization_id = x.organization_id and t.id = x.team_id
    where x.organization_id = e.organization_id and x.id = e.source_id)
  else (select json_build_object('type', 'direct', 'assignmentId', a.id, 'reason', a.reason, 'sponsor', a.sponsor,
      'since', ${isoTime(sql`coalesce(a.valid_from, a.created_at)`)},
      'expiresAt', ${isoTime(sql`a.expires_at`)}, 'reviewAt', ${isoTime(sql`a.review_at`)})
    from assignments a where a.organization_id = e.organization_id and a.id = e.source_id) end`

/** A HeldRole as JSON; of `effective_assignments e join roles r left join brands b`. */
export const heldRoleJson = sql`json_build_object('role', json_build_object('id', r.id, 'key', r.key, 'name', r.name, 'kind', r.kind, 'rank', r.rank),
  'brand', case when b.id is not null then json_build_object('id', b.id, 'slug', b.slug, 'name', b.name) end,
  'source', ${sourceColumn})`

export const fromHeld = sql`effective_assignments e
  join roles r on r.organization_id = e.organization_id and r.id = e.role_id
  left join brands b on b.organization_id = e.organization_id and b.id = e.brand_id`
