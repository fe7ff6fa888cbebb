// What the address of the list of users says: filters, order, columns, and who is chosen. The form and the links of the page are
// made from it, so that nothing of it is lost on the way.
import type { Context } from 'hono'
import type { UserFilter } from '#access/people/search/user-filter.ts'
import { type UserOrder, userSorts } from '#access/people/search/user-order.ts'
import type { UserStatus } from '#directory/users.ts'
import { isId } from '#platform/ids.ts'
import type { ConsoleEnv } from '../../ui/env.ts'

export const columns = {
  roles: 'Organization roles',
  brands: 'Brands',
  status: 'Status',
  source: 'Source',
  lastActive: 'Last activity',
  created: 'Created',
} as const

export type ColumnKey = keyof typeof columns

export const defaultColumns: readonly ColumnKey[] = ['roles', 'brands', 'status', 'source', 'lastActive']

export const activities = {
  '7': 'Active in the last 7 days',
  '30': 'Active in the last 30 days',
  '-30': 'Not active for 30 days',
  '-90': 'Not active for 90 days',
  never: 'Never active',
} as const

/** Whoever is chosen is in the address, so that many do not fit; for those there is the filter. */
export const maxChosen = 250

export type UsersQuery = {
  q: string
  status: UserStatus | ''
  role: string
  brand: string
  source: string
  activity: keyof typeof activities | ''
  /** Whose direct assignments end soon. */
  isEnding: boolean
  order: UserOrder
  columns: readonly ColumnKey[]
  cursor: string | undefined
  /** Ids of those who are chosen; with `isAll`, of those who are left out. */
  chosen: readonly string[]
  /** Everybody whom the filter finds is chosen. */
  isAll: boolean
}

const statuses: readonly string[] = ['invited', 'active', 'inactive', 'erased']

const oneOf = <T extends string>(values: readonly string[], text: string | undefined): T | '' =>
  values.includes(text ?? '') ? (text as T) : ''

/** Anything that it does not know, it leaves out. */
export function usersQuery(c: Context<ConsoleEnv>): UsersQuery {
  return parseQuery(new URL(c.req.url).searchParams)
}

/** Unlike those of a form, parameters of an address may repeat. */
export function parseQuery(params: URLSearchParams): UsersQuery {
  const text = (name: string): string => (params.get(name) ?? '').trim().slice(0, 200)
  const chosen = (params.get('chosen') ?? '').split('.').map((rest) => `usr_${rest}`)
  const shown = params.getAll('columns').filter((key): key is ColumnKey => Object.hasOwn(columns, key))
  return {
    q: text('q'),
    status: oneOf<UserStatus>(statuses, text('status')),
    role: text('role'),
    brand: text('brand'),
    source: text('source'),
    activity: oneOf<keyof typeof activities>(Object.keys(activities), text('activity')),
    isEnding: text('ending') === '1',
    order: {
      sort: oneOf<UserOrder['sort']>(userSorts, text('sort')) || 'name',
      direction: text('direction') === 'desc' ? 'desc' : 'asc',
    },
    columns: shown.length === 0 ? defaultColumns : shown,
    cursor: params.get('cursor') ?? undefined,
    chosen: chosen.filter((id) => isId('usr', id)).slice(0, maxChosen),
    isAll: text('all') === '1',
  }
}

/** The query as an address; `changes` on top. Another filter or order begins at its first page. */
export function usersHref(query: UsersQuery, changes: Partial<UsersQuery> = {}): string {
  const text = queryText({ ...query, cursor: undefined, ...changes })
  return text === '' ? '/console/users' : `/console/users?${text}`
}

export function queryText(query: UsersQuery): string {
  const params = new URLSearchParams()
  const add = (name: string, value: string): void => {
    if (value !== '') params.append(name, value)
  }
  add('q', query.q)
  add('status', query.status)
  add('role', query.role)
  add('brand', query.brand)
  add('source', query.source)
  add('activity', query.activity)
  add('ending', query.isEnding ? '1' : '')
  const { sort, direction } = query.order
  add('sort', sort === 'name' && direction === 'asc' ? '' : sort)
  add('direction', direction === 'desc' ? 'desc' : '')
  const isDefault = query.columns.join() === defaultColumns.join()
  if (!isDefault) for (const column of query.columns) add('columns', column)
  add('all', query.isAll ? '1' : '')
  add('chosen', query.chosen.map((id) => id.slice('usr_'.length)).join('.'))
  add('cursor', query.cursor ?? '')
  return params.toString()
}

const day = 86_400_000

/** As the verbs take it. */
export function filterOf(query: UsersQuery, now: Date): UserFilter {
  const { q, status, role, brand, source, activity, isEnding } = query
  const days = Number(activity)
  const at = (ago: number): string => new Date(now.getTime() - ago * day).toISOString()
  return {
    ...(q === '' ? {} : { q }),
    ...(status === '' ? {} : { status }),
    ...(role === '' ? {} : { roleId: role }),
    ...(brand === '' ? {} : { brandId: brand }),
    ...(source === '' ? {} : { source }),
    ...(isEnding ? { endingDays: 14 } : {}),
    ...(activity === 'never' ? { neverActive: true } : {}),
    ...(days > 0 ? { activeSince: at(days) } : {}),
    ...(days < 0 ? { notActiveSince: at(-days) } : {}),
  }
}

/** Whether anything narrows the list. */
export const isNarrowed = (query: UsersQuery): boolean => Object.keys(filterOf(query, new Date(0))).length > 0
