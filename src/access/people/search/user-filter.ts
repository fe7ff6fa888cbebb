// By what people are searched. All that is said has to hold.
import { type SQL, sql } from 'drizzle-orm'
import { countOfPeople, isEmergencyAccount, isPerson } from '#db/emergency.ts'
import { fold } from '#directory/fold.ts'
import { idsFound, isFound, isIndexed, isMatching, searchWords } from '#directory/paging/search-text.ts'
import type { UserStatus } from '#directory/users.ts'
import { isId } from '#platform/ids.ts'
import { brandsPermitted, type CallContext, requirePermission } from '#src/context.ts'
import type { Near } from './hits.ts'
import { type Holders, holdersOf, type People, peopleOf } from './holders.ts'

/** Emergency accounts are nobody's, and left out where people are meant. */
export const accountKinds = ['people', 'emergency', 'all'] as const

export type AccountKind = (typeof accountKinds)[number]

export type UserFilter = {
  /** One person, if the caller sees them. */
  userId?: string | undefined
  userName?: string | undefined
  email?: string | undefined
  status?: UserStatus | undefined
  /** Words, each a part of userName, display, given or family name or of an e-mail address; case and accents do not matter. */
  q?: string | undefined
  /** Who holds this role: anywhere, or, with `brandId`, in the organization or in that brand. */
  roleId?: string | undefined
  /** Who holds any role in this brand. */
  brandId?: string | undefined
  /** The id of a directory that manages them, of a connection that they have signed in through, or `local`. */
  source?: string | undefined
  /** ISO time: a session of theirs was in use then or later. */
  activeSince?: string | undefined
  /** ISO time: no session of theirs was in use from then on; who never had one counts. */
  notActiveSince?: string | undefined
  neverActive?: boolean | undefined
  /** Who holds something directly that ends within so many days. */
  endingDays?: number | undefined
  /** Absent: people. Somebody asked for by `userId` is found whatever they are. */
  accounts?: AccountKind | undefined
}

export type Wanted = {
  /** For a `with recursive`; empty where nothing needs one. */
  tables: SQL[]
  /** For `users u`; all of them have to hold. */
  conditions: SQL[]
  /** The same, among few people who are known already: of a brand, or found by their names. */
  near: Near | undefined
  /** Whether more is asked than an index answers in the order of the list. */
  isNarrow: boolean
  /** How many they are, where that is kept and need not be counted. */
  known: SQL | undefined
}

/**
 * Which users the caller sees, cut to the filter: whoever manages single brands sees the people of those brands.
 * @throws AppError forbidden where they see nobody at all
 */
export function wantedUsers(ctx: CallContext, filter: UserFilter): Wanted {
  const brands = brandsPermitted(ctx, 'users.read')
  if (brands !== 'all' && brands.length === 0) requirePermission(ctx, 'users.read')
  const words = filter.q === undefined ? [] : searchWords(filter.q)
  const inBrand = filter.brandId === undefined ? undefined : brandHolding(filter.brandId, brands)
  const found = inBrand === undefined ? foundFirst(ctx.organizationId, words, filter) : undefined
  const holders = holdersOfFilter(ctx.organizationId, filter, { reach: brands, among: found && 'found' })
  const plain = [
    sql`u.organization_id = ${ctx.organizationId} and u.deleted_at is null`,
    accountCondition(filter.accounts ?? (filter.userId === undefined ? 'people' : 'all')),
    ...(filter.status === undefined ? [] : [sql`u.status = ${filter.status}`]),
  ]
  const others = narrowConditions(filter)
  const narrowing = [
    ...(words.length === 0 ? [] : [found === undefined ? isFound(words) : sql`u.id in (select user_id from found)`]),
    ...holders.map(({ condition }) => condition),
    ...others,
  ]
  const ofBrand = inBrand && peopleOf('brand', ctx.organizationId, inBrand)
  return {
    tables: [found?.table, ...holders.map(({ tables }) => tables), ofBrand?.table].filter(
      (table) => table !== undefined,
    ),
    conditions: [...plain, ...narrowing],
    near: nearOf({ found, ofBrand, words, holders, plain: [...plain, ...others] }),
    isNarrow: narrowing.length > 0,
    known: narrowing.length > 0 ? undefined : knownCount(ctx.organizationId, filter),
  }
}

/** Of a filter that asks for a status and nothing else. */
function knownCount(organizationId: string, { status, accounts = 'people' }: UserFilter): SQL | undefined {
  const of = sql`${organizationId}::text`
  const statuses = status === undefined ? sql`null` : sql`array[${status}]`
  if (accounts === 'all') return sql`people_count(${of}, null, ${statuses}::text[])`
  return accounts === 'people' ? countOfPeople(of, statuses) : undefined
}

type Known = {
  found: People | undefined
  ofBrand: People | undefined
  words: readonly string[]
  holders: readonly Holders[]
  plain: readonly SQL[]
}

/** Whoever is in question is in the brand, or has been found, already. */
function nearOf({ found, ofBrand, words, holders, plain }: Known): Near | undefined {
  const besides = holders.filter(({ name }) => name !== 'brand').map(({ condition }) => condition)
  if (ofBrand !== undefined) return { people: ofBrand.name, conditions: [...plain, isMatching(words), ...besides] }
  return found && { people: found.name, conditions: [...plain, ...besides] }
}

/**
 * A role may be held by nearly everybody, a brand is not: it pays to find the words first and look at holdings then, and
 * wherever the index finds the words.
 */
function foundFirst(organizationId: string, words: readonly string[], { roleId }: UserFilter): People | undefined {
  if (words.length === 0 || (roleId === undefined && !isIndexed(words))) return undefined
  const ids = isIndexed(words)
    ? idsFound(words)
    : sql`select u.id from users u where u.organization_id = ${organizationId} and u.deleted_at is null and ${isMatching(words)}`
  return { table: sql`found (user_id) as materialized (${ids})`, name: sql`found` }
}

/** Within what the caller may see. */
const brandHolding = (brandId: string, reach: 'all' | readonly string[]) => ({
  where: reach === 'all' || reach.includes(brandId) ? [brandId] : [],
})

type Limits = { reach: 'all' | readonly string[]; among: string | undefined }

/** Within reach of a manager of brands, a role counts only where it is held in their brands. */
function holdersOfFilter(organizationId: string, { roleId, brandId }: UserFilter, { reach, among }: Limits): Holders[] {
  const holders: Holders[] = []
  if (reach !== 'all') holders.push(holdersOf('reach', organizationId, { where: reach }, among))
  if (roleId !== undefined && brandId === undefined)
    holders.push(holdersOf('role', organizationId, { roleId, where: reach === 'all' ? undefined : reach }, among))
  if (brandId !== undefined) {
    const { where } = brandHolding(brandId, reach)
    holders.push(holdersOf('brand', organizationId, { where }, among))
    if (roleId !== undefined) holders.push(roleNear(organizationId, roleId, where, { reach, among }))
  }
  return holders
}

function roleNear(organizationId: string, roleId: string, where: readonly string[], { reach, among }: Limits): Holders {
  const inBrand = holdersOf('role_there', organizationId, { roleId, where }, among)
  if (reach !== 'all') return inBrand
  const inOrganization = holdersOf('role', organizationId, { roleId, where: 'organization' }, among)
  return {
    name: 'role_near',
    tables: sql`${inBrand.tables}, ${inOrganization.tables}`,
    condition: sql`(${inBrand.condition} or ${inOrganization.condition})`,
  }
}

function narrowConditions(filter: UserFilter): SQL[] {
  const { userId, userName, email, source, activeSince, notActiveSince, neverActive, endingDays } = filter
  return [
    ...(userId === undefined ? [] : [sql`u.id = ${userId}`]),
    ...(userName === undefined ? [] : [sql`u.user_name_key = ${fold(userName)}`]),
    ...(email === undefined ? [] : [hasAddress(email)]),
    ...(source === undefined ? [] : [comesFrom(source)]),
    ...(activeSince === undefined ? [] : [sql`u.last_active_at >= ${activeSince}::timestamptz`]),
    ...(notActiveSince === undefined
      ? []
      : [sql`(u.last_active_at is null or u.last_active_at < ${notActiveSince}::timestamptz)`]),
    ...(neverActive === true ? [sql`u.last_active_at is null`] : []),
    ...(endingDays === undefined ? [] : [isEnding(endingDays)]),
  ]
}

/** For `users u`. */
export function accountCondition(kind: AccountKind): SQL {
  if (kind === 'all') return sql`true`
  return kind === 'people' ? isPerson : isEmergencyAccount
}

const isEnding = (days: number): SQL =>
  sql`u.id in (select a.user_id from assignments a where a.organization_id = u.organization_id
    and a.expires_at > now() and a.expires_at <= now() + make_interval(days => ${days}::int))`

const hasAddress = (email: string): SQL =>
  sql`exists (select from user_emails ue
    where ue.organization_id = u.organization_id and ue.user_id = u.id and ue.value_key = ${fold(email)})`

function comesFrom(source: string): SQL {
  if (isId('con', source))
    return sql`exists (select from identities y where y.organization_id = u.organization_id and y.user_id = u.id
      and y.connection_id = ${source})`
  return source === 'local' ? sql`u.directory_id is null` : sql`u.directory_id = ${source}`
}
