// Each role pack does what its user guide says: the matrix of roles and permissions, decided by the evaluator.
import { describe, expect, test } from 'vitest'
import { evaluate } from '#access/decisions/evaluate.ts'
import { permissionCatalogue, permissionFault } from '#access/decisions/permissions.ts'
import { findRolePack, rolePacks } from '#access/grants/roles/role-packs.ts'

function mayDo(pack: string, key: string, permission: string): boolean {
  const role = findRolePack(pack)?.roles.find((candidate) => candidate.key === key)
  if (role === undefined) throw new Error(`${pack} has no role ${key}`)
  return evaluate({
    status: 'active',
    policy: {
      organizationStatus: 'active',
      administratorBrandAccess: 'explicit',
      roleStrategy: 'union',
      rules: [],
      separations: [],
    },
    assignments: [
      {
        role: {
          id: key,
          key,
          name: role.name,
          kind: 'role',
          rank: role.rank,
          allows: [...role.permissions],
          denies: [],
        },
        brand: null,
        source: { type: 'direct', assignmentId: 'asg', reason: 'x', expiresAt: null },
      },
    ],
    permission,
  }).allowed
}

const matrix = (pack: string, permissions: readonly string[]) =>
  Object.fromEntries(
    (findRolePack(pack)?.roles ?? []).map(({ key }) => [
      key,
      permissions.map((permission) => (mayDo(pack, key, permission) ? 'x' : '-')).join(''),
    ]),
  )

test('mixer3: Administrator > Editor > Viewer, who comments and takes part but does not edit (000-20)', () => {
  const permissions = [
    'content.view',
    'content.comment',
    'workflow.participate',
    'content.edit',
    'content.publish',
    'users.manage',
  ]
  expect(matrix('mixer3', permissions)).toEqual({ administrator: 'xxxxxx', editor: 'xxxxx-', viewer: 'xxx---' })
})

test('mixer5: contributors do not approve, reviewers approve at their own steps only (001-06)', () => {
  const permissions = [
    'content.view',
    'content.edit',
    'content.approve',
    'workflow.approve:own',
    'workflow.approve:legal',
    'users.invite',
  ]
  expect(matrix('mixer5', permissions)).toEqual({
    administrator: 'xxxxxx',
    manager: 'xxxxxx',
    contributor: 'xx----',
    reviewer: 'x--x--',
    'view-only': 'x-----',
  })
})

test('owner5: billing is the owner’s, analysts see all figures, viewers basic ones (003-01)', () => {
  const permissions = [
    'content.view',
    'content.edit',
    'analytics.view',
    'analytics.explore',
    'users.manage',
    'billing.view',
    'billing.manage',
  ]
  expect(matrix('owner5', permissions)).toEqual({
    owner: 'xxxxxxx',
    admin: 'xxxxxx-',
    editor: 'xxx----',
    analyst: 'x-xx---',
    viewer: 'x-x----',
  })
})

test('workspace: a super admin can always assign roles (002-13)', () => {
  expect(
    matrix('workspace', ['roles.assign', 'content.edit', 'content.comment', 'content.view', 'billing.manage']),
  ).toEqual({
    'super-admin': 'xxxxx',
    'workspace-admin': 'xxxx-',
    member: '-xxx-',
    guest: '--xx-',
  })
})

test('simple2: only the admin manages users (004-01)', () => {
  expect(matrix('simple2', ['content.publish', 'users.manage'])).toEqual({ admin: 'xx', user: 'x-' })
})

describe('every pack', () => {
  test.each(rolePacks)('$key has distinct keys and ranks, purposes and permissions of the catalogue', ({ roles }) => {
    expect(new Set(roles.map(({ key }) => key)).size).toBe(roles.length)
    expect(new Set(roles.map(({ rank }) => rank)).size).toBe(roles.length)
    for (const { purpose, permissions } of roles) {
      expect(purpose).not.toBe('')
      expect(permissions.map(permissionFault).filter((fault) => fault !== undefined)).toEqual([])
    }
  })

  test('every permission of the catalogue can be held', () => {
    expect(permissionCatalogue.map(({ name }) => permissionFault(name)).filter(Boolean)).toEqual([])
  })
})
