// The steps of a plan that decide who may do what, as changes that can be looked at before they are made: with all of them together
// a preview says who gains and who loses.
import { given } from '#platform/input.ts'
import type { AccessChange } from '../previews/change.ts'
import { changedPart, type Work } from './compare.ts'
import type { Item, SectionName } from './document.ts'
import { type IdOf, idOfWork, idOrNull } from './names.ts'
import type { NamedGroup } from './resolve-groups.ts'

/** As many as one change holds. */
const mostAtOnce = 500

type Resolve = { idOf: IdOf; groupOf: (work: Work) => NamedGroup | undefined }

const roleIds = (idOf: IdOf, work: Work, keys: unknown): string[] | undefined =>
  Array.isArray(keys) ? keys.map((key) => idOf(work, 'role', key)) : undefined

/** What is made anew keeps what the document leaves out. */
const whole = ({ item, current }: Work): Item => ({ ...current, ...given(item) })

function newPolicy(work: Work, { idOf }: Resolve): AccessChange {
  const { name, permission, brand, exceptRoles } = whole(work)
  return {
    kind: 'create_policy',
    policy: given({
      ...{ name: String(name), permission: String(permission) },
      ...{ brandId: idOrNull(idOf, work, 'brand', brand), exceptRoleIds: roleIds(idOf, work, exceptRoles) },
    }),
  }
}

const sideOf = (idOf: IdOf, work: Work, side: unknown) => {
  const { role, permission } = side as { role?: string; permission?: string }
  return role === undefined ? { permission: permission ?? null } : { roleId: idOf(work, 'role', role) }
}

function newSeparation(work: Work, { idOf }: Resolve): AccessChange {
  const { name, purpose, mode, first, second, exceptRoles } = whole(work)
  return {
    kind: 'create_separation',
    rule: given({
      ...{ name: String(name), purpose: String(purpose), mode: mode as 'watch' | 'enforce' | undefined },
      ...{ first: sideOf(idOf, work, first), second: sideOf(idOf, work, second) },
      exceptRoleIds: roleIds(idOf, work, exceptRoles),
    }),
  }
}

/** What it keeps apart makes a rule; another pair is another rule. */
function changedSeparation(work: Work, resolve: Resolve): AccessChange[] {
  const ruleId = idOfWork(work)
  const { first, second, exceptRoles, ...words } = changedPart(work)
  if (first !== undefined || second !== undefined)
    return [{ kind: 'delete_separation', ruleId }, newSeparation(work, resolve)]
  const exceptRoleIds = roleIds(resolve.idOf, work, exceptRoles)
  return [{ kind: 'update_separation', ...given({ ruleId, ...words, exceptRoleIds }) }]
}

const changesOfOne: Partial<Record<SectionName, (work: Work, resolve: Resolve) => AccessChange[]>> = {
  organization: (work) => [{ kind: 'update_organization', organization: changedPart(work) }],
  roles: (work) =>
    work.act === 'change' ? [{ kind: 'update_role', role: { roleId: idOfWork(work), ...changedPart(work) } }] : [],
  policies: (work, resolve) => [
    ...(work.act === 'create' ? [] : [{ kind: 'delete_policy', policyId: idOfWork(work) } as const]),
    ...(work.act === 'remove' ? [] : [newPolicy(work, resolve)]),
  ],
  separationRules: (work, resolve) => {
    if (work.act === 'create') return [newSeparation(work, resolve)]
    if (work.act === 'remove') return [{ kind: 'delete_separation', ruleId: idOfWork(work) }]
    return changedSeparation(work, resolve)
  },
}

const parts = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / mostAtOnce) }, (_, at) =>
    items.slice(at * mostAtOnce, (at + 1) * mostAtOnce),
  )

function mappingChanges(works: readonly Work[], { idOf, groupOf }: Resolve): AccessChange[] {
  const made = works.filter(({ act }) => act === 'create')
  const mappings = made.map((work) => ({
    ...(work.item['group'] === undefined
      ? { filter: String(work.item['filter']) }
      : { groupId: groupOf(work)?.id ?? '' }),
    ...{ roleId: idOf(work, 'role', work.item['role']), brandId: idOrNull(idOf, work, 'brand', work.item['brand']) },
  }))
  const gone = works.filter(({ act }) => act === 'remove').map(idOfWork)
  return [
    ...parts(mappings).map((some) => ({ kind: 'create_mappings', mappings: some }) as const),
    ...parts(gone).map((some) => ({ kind: 'delete_mappings', mappingIds: some }) as const),
  ]
}

/** What gives comes first, so that nobody is without access in between; brands go last, since others may name them. */
export function accessChanges(works: readonly Work[], resolve: Resolve): AccessChange[] {
  const brandsGone = works.filter(({ section, act }) => section === 'brands' && act === 'remove')
  return [
    ...works.flatMap((work) => changesOfOne[work.section]?.(work, resolve) ?? []),
    ...mappingChanges(
      works.filter(({ section }) => section === 'mappings'),
      resolve,
    ),
    ...brandsGone.map((work) => ({ kind: 'delete_brand', brandId: idOfWork(work) }) as const),
  ]
}
