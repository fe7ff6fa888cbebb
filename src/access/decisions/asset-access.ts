// Things of host applications that a question is about: in which brand one lies, and whether it is for some teams alone.
import { sql } from 'drizzle-orm'
import { prepared, type Statement } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import { invalidField } from '#platform/input.ts'
import type { AssetOfQuestion, AssetTie } from './evaluate.ts'

/** A thing by the application's own id. `isOptional`: of a type that nobody has registered, it restricts nothing. */
export type AssetReference = { type: string; id: string; isOptional?: boolean | undefined }

export type AssetAccess = {
  isTypeKnown: boolean
  /** Null where nobody has registered it. */
  asset: {
    type: string
    id: string
    name: string
    brand: { id: string; slug: string; name: string } | null
    isRestricted: boolean
    teams: { id: string; name: string }[]
  } | null
  /** The user is in one of its teams, or in a team within one. */
  isInTeam: boolean
  /** It is theirs: they created it, or it is assigned to them. */
  tie: AssetTie | null
}

/** What the evaluator wants to know of it. */
export const asAsked = ({ asset, isInTeam, tie }: AssetAccess): AssetOfQuestion | undefined =>
  asset === null ? undefined : { isRestricted: asset.isRestricted, isInTeam, tie }

/** Somebody's question about a thing. */
export type AssetQuestion = { user: string; asset: AssetReference }

type Lists = {
  organizationId: string
  users: readonly string[]
  keys: readonly string[]
  types: readonly string[]
  ids: readonly string[]
}

const select = prepared<Lists, AssetAccess>(
  (p) => sql`select exists (select from asset_types k where k.organization_id = ${p.organizationId} and k.name = q.type)
        as "isTypeKnown",
      case when a.id is not null then json_build_object('type', a.type, 'id', a.id, 'name', a.name,
        'brand', (select json_build_object('id', b.id, 'slug', b.slug, 'name', b.name) from brands b
          where b.organization_id = a.organization_id and b.id = a.brand_id),
        'isRestricted', a.is_restricted,
        'teams', (select coalesce(json_agg(json_build_object('id', t.id, 'name', t.name) order by t.name_key, t.id), '[]')
          from asset_teams x join teams t on t.organization_id = x.organization_id and t.id = x.team_id
          where x.organization_id = a.organization_id and x.type = a.type and x.asset_id = a.id)) end as asset,
      exists (select from teams_of_people p
        join teams t on t.organization_id = p.organization_id and t.id = p.team_id
        join asset_teams x on x.organization_id = p.organization_id and x.team_id in (t.id, t.parent_id)
        where p.organization_id = ${p.organizationId} and p.user_id = u.id and x.type = q.type and x.asset_id = q.id)
        as "isInTeam",
      (select max(x.kind) from asset_people x where x.organization_id = ${p.organizationId} and x.type = q.type
        and x.asset_id = q.id and x.user_id = u.id) as tie
    from unnest(${p.users}::text[], ${p.keys}::text[], ${p.types}::text[], ${p.ids}::text[])
      with ordinality q (user_id, user_key, type, id, at)
    left join lateral (select u.id from users u where u.organization_id = ${p.organizationId} and u.deleted_at is null
      and (u.id = q.user_id or u.user_name_key = q.user_key) order by (u.id = q.user_id) desc limit 1) u on true
    left join assets a on a.organization_id = ${p.organizationId} and a.type = q.type and a.id = q.id
    order by q.at`,
)

/** One row a question, in their order. */
export const assetAccessOf = (organizationId: string, questions: readonly AssetQuestion[]): Statement<AssetAccess> =>
  select({
    organizationId,
    users: questions.map(({ user }) => user),
    keys: questions.map(({ user }) => fold(user)),
    types: questions.map(({ asset }) => asset.type),
    ids: questions.map(({ asset }) => asset.id),
  })

/** A type and an application's own id: `library/42`. @throws AppError invalid (field `asset`) */
export function requireAssetReference(text: string): AssetReference {
  const slash = text.indexOf('/')
  if (slash < 1 || slash === text.length - 1 || text.length > 500 || text.includes('\0'))
    throw invalidField('asset', 'is written type/id, such as library/42')
  return { type: text.slice(0, slash), id: text.slice(slash + 1) }
}
