// What one user holds and through what, and the decision about it. User, policy, assignments and the roles' permissions
// come in one statement; a question about a brand sends a second one along with it.
import { type SQL, sql } from 'drizzle-orm'
import { isoTime, prepared, type Statement } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import type { StatusReason, UserStatus } from '#directory/users.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  type CallContext,
  inTransaction,
  refuseUnknown,
  requirePermission,
  requirePermissionIn,
  requirePermissionSomewhere,
} from '#src/context.ts'
import { type AssetAccess, type AssetReference, asAsked, assetAccessOf } from './asset-access.ts'
import { type AccessPolicy, type Decision, type EffectiveAssignment, evaluate, unknown } from './evaluate.ts'

export type EffectiveAccess = {
  user: {
    id: string
    userName: string
    displayName: string | null
    status: UserStatus
    statusReason: StatusReason | null
  }
  organization: { id: string; slug: string }
  policy: AccessPolicy
  assignments: EffectiveAssignment[]
}

export type AccessQuestion = {
  /** An id or a userName. */
  user: string
  permission: string
  /** An id or a slug; undefined for the organization. */
  brand?: string | undefined
  /** An id or a slug, where the asker names the organization; it must be the context's own. */
  organization?: string | undefined
  /** A thing of a host application; it brings its brand with it. */
  asset?: AssetReference | undefined
  /** Whose a thing is that nobody has registered, by an id or a userName. */
  owner?: string | undefined
}

type BrandRow = { id: string; slug: string }

/** The groups from the one that the user is in to the one that is mapped. */
const pathColumn = sql`(select coalesce(json_agg(json_build_object('id', g.id, 'displayName', g.display_name) order by step.at), '[]')
  from unnest(e.group_path) with ordinality step (id, at)
  join groups g on g.organization_id = e.organization_id and g.id = step.id)`

/** The team that holds the role; whoever holds it by that may be in a team within it. */
const teamColumn = sql`(select json_build_object('id', t.id, 'name', t.name) from team_roles x
  join teams t on t.organization_id = x.organization_id and t.id = x.team_id
  where x.organization_id = e.organization_id and x.id = e.source_id)`

const sourceColumn = sql`case e.source
  when 'mapping' then json_build_object('type', 'mapping', 'mappingId', e.source_id, 'path', ${pathColumn},
    'filter', e.filter)
  when 'team' then json_build_object('type', 'team', 'teamRoleId', e.source_id, 'team', ${teamColumn}, 'reason', e.reason,
    'expiresAt', ${isoTime(sql`e.expires_at`)})
  else json_build_object('type', 'direct', 'assignmentId', e.source_id, 'reason', e.reason, 'expiresAt', ${isoTime(sql`e.expires_at`)}) end`

/** What a role of `roles r` allows or denies. */
export const permissionsColumn = (effect: 'allow' | 'deny'): SQL =>
  sql`(select coalesce(json_agg(rp.permission order by rp.permission), '[]') from role_permissions rp
    where rp.organization_id = r.organization_id and rp.role_id = r.id and rp.effect = ${sql.raw(`'${effect}'`)})`

const roleColumn = sql`json_build_object('id', r.id, 'key', r.key, 'name', r.name, 'kind', r.kind, 'rank', r.rank,
  'allows', ${permissionsColumn('allow')}, 'denies', ${permissionsColumn('deny')})`

const brandColumn = sql`case when b.id is not null then json_build_object('id', b.id, 'slug', b.slug, 'name', b.name) end`

/** The policies of `organizations o`. */
export const rulesColumn = sql`(select coalesce(json_agg(json_build_object('id', p.id, 'name', p.name,
      'permission', p.permission, 'brandId', p.brand_id, 'exceptRoleIds', p.except_role_ids) order by p.id), '[]')
    from policies p where p.organization_id = o.id)`

/** The rules of separation of `organizations o`. */
export const separationsColumn = sql`(select coalesce(json_agg(json_build_object('id', s.id, 'name', s.name, 'mode', s.mode,
      'first', json_build_object('roleId', s.first_role_id, 'permission', s.first_permission),
      'second', json_build_object('roleId', s.second_role_id, 'permission', s.second_permission),
      'exceptRoleIds', s.except_role_ids || to_jsonb(s.exception_role_id)) order by s.id), '[]')
    from separation_rules s where s.organization_id = o.id)`

const accessOf = (organizationId: SQL, isUser: SQL): SQL =>
  sql`with person as (
      select u.id, u.user_name, u.display_name, u.status, u.status_reason from users u
      where u.organization_id = ${organizationId} and ${isUser} and u.deleted_at is null),
    held as (
      select json_agg(json_build_object('role', ${roleColumn}, 'brand', ${brandColumn}, 'source', ${sourceColumn})
        order by b.slug nulls first, r.rank desc, r.key, e.source_id, e.group_path) as assignments
      from effective_assignments e
      join roles r on r.organization_id = e.organization_id and r.id = e.role_id
      left join brands b on b.organization_id = e.organization_id and b.id = e.brand_id
      where e.organization_id = ${organizationId} and e.user_id = (select id from person))
    select json_build_object('id', person.id, 'userName', person.user_name, 'displayName', person.display_name,
        'status', person.status, 'statusReason', person.status_reason) as "user",
      json_build_object('id', o.id, 'slug', o.slug) as organization,
      json_build_object('organizationStatus', o.status, 'administratorBrandAccess', o.administrator_brand_access,
        'roleStrategy', o.role_strategy, 'rules', ${rulesColumn}, 'separations', ${separationsColumn}) as policy,
      coalesce(held.assignments, '[]') as assignments
    from person cross join held join organizations o on o.id = ${organizationId}`

const accessById = prepared<{ organizationId: string; userId: string }, EffectiveAccess>((p) =>
  accessOf(p.organizationId, sql`u.id = ${p.userId}`),
)

const accessByName = prepared<{ organizationId: string; userNameKey: string }, EffectiveAccess>((p) =>
  accessOf(p.organizationId, sql`u.user_name_key = ${p.userNameKey}`),
)

const brandByReference = prepared<{ organizationId: string; reference: string }, BrandRow>(
  (p) => sql`select b.id, b.slug from brands b
    where b.organization_id = ${p.organizationId} and (b.id = ${p.reference} or b.slug = ${p.reference})`,
)

/** By id or userName. */
export const accessStatement = (organizationId: string, user: string): Statement<EffectiveAccess> =>
  isId('usr', user)
    ? accessById({ organizationId, userId: user })
    : accessByName({ organizationId, userNameKey: fold(user) })

/** What a user holds as a statement, for a transaction that asks for more. */
export const effectiveAccessOf = (organizationId: string, userId: string): Statement<EffectiveAccess> =>
  accessById({ organizationId, userId })

/** @param user an id or a userName. @throws AppError not_found */
export async function getEffectiveAccess(ctx: CallContext, user: string): Promise<EffectiveAccess> {
  requirePermission(ctx, 'access.read')
  if (!isText(user)) return refuseUnknown(ctx, 'User')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(accessStatement(ctx.organizationId, user)))
  const access = rows?.[0]
  if (access === undefined) throw notFound('User')
  return access
}

/**
 * Decides each question on one state of the database; who and what is unknown is refused, not an error. Each user and
 * each brand is read once.
 */
export async function decide(ctx: CallContext, questions: readonly AccessQuestion[]): Promise<Decision[]> {
  requirePermissionSomewhere(ctx, 'access.read')
  const users = unique(questions.map(({ user }) => user))
  const brands = unique(questions.map(({ brand }) => brand))
  const { organizationId } = ctx
  const things = questions.flatMap(({ user, asset }) =>
    asset !== undefined && isText(user) && isText(`${asset.type}${asset.id}`) ? [{ user, asset }] : [],
  )
  const rows = await inTransaction(ctx, (tx) =>
    tx.commitWith<EffectiveAccess | BrandRow | AssetAccess>(
      ...users.map((user) => accessStatement(organizationId, user)),
      ...brands.map((reference) => brandByReference({ organizationId, reference })),
      ...(things.length === 0 ? [] : [assetAccessOf(organizationId, things)]),
    ),
  )
  const assets = new Map(
    things.map(({ user, asset }, index) => [
      assetKey(user, asset),
      rows[users.length + brands.length]?.[index] as AssetAccess | undefined,
    ]),
  )
  const found = <Row>(from: number, names: readonly string[]): Map<string, Row | undefined> =>
    new Map(names.map((name, index) => [name, rows[from + index]?.[0] as Row | undefined]))
  const accesses = found<EffectiveAccess>(0, users)
  const brandRows = found<BrandRow>(users.length, brands)
  return questions.map((question) => {
    const { user, brand, asset } = question
    return settle(ctx, question, {
      access: accesses.get(user),
      named: brand === undefined ? undefined : brandRows.get(brand),
      about: asset === undefined ? undefined : assets.get(assetKey(user, asset)),
    })
  })
}

/** What was found of what a question names. */
type Found = { access: EffectiveAccess | undefined; named: BrandRow | undefined; about: AssetAccess | undefined }

function settle(ctx: CallContext, question: AccessQuestion, { access, named, about }: Found): Decision {
  if (access === undefined) return unknown('user')
  const asset = about?.asset ?? undefined
  const brandId = (asset === undefined ? named : asset.brand)?.id
  if (asset !== undefined || named !== undefined || question.brand === undefined)
    requirePermissionIn(ctx, 'access.read', brandId ?? null)
  if (question.brand !== undefined && named === undefined) return unknown('brand')
  if (!isThere(question, asset, about) || isElsewhere(named, asset)) return unknown('asset')
  const { user, organization, policy, assignments } = access
  if (![undefined, organization.id, organization.slug].includes(question.organization)) return unknown('organization')
  return evaluate({
    status: user.status,
    policy,
    assignments,
    permission: question.permission,
    brandId,
    asset: about === undefined ? undefined : asAsked(about),
    isOwn: asset === undefined && isSame(user, question.owner),
  })
}

const isSame = ({ id, userName }: EffectiveAccess['user'], named: string | undefined): boolean =>
  named !== undefined && (named === id || fold(named) === fold(userName))

type Thing = NonNullable<AssetAccess['asset']>

/** A thing that nobody has registered is not there, unless it is of a type that nobody has registered, where that is no mistake. */
const isThere = (
  { asset: wanted }: AccessQuestion,
  asset: Thing | undefined,
  about: AssetAccess | undefined,
): boolean =>
  wanted === undefined || asset !== undefined || (wanted.isOptional === true && about?.isTypeKnown === false)

/** The brand that was named is not the one in which it lies. */
const isElsewhere = (named: BrandRow | undefined, asset: Thing | undefined): boolean =>
  named !== undefined && asset !== undefined && named.id !== asset.brand?.id

const assetKey = (user: string, { type, id }: AssetReference): string => JSON.stringify([user, type, id])

/** Decides one question. */
export async function decideOne(ctx: CallContext, question: AccessQuestion): Promise<Decision> {
  const [decision] = await decide(ctx, [question])
  return decision ?? unknown('user')
}

/** A NUL cannot be in the database, and PostgreSQL refuses to look for it. */
export const isText = (text: string): boolean => text.length <= 1_000 && !text.includes('\0')

const unique = (names: readonly (string | undefined)[]): string[] =>
  [...new Set(names.filter((name) => name !== undefined && isText(name)))] as string[]
