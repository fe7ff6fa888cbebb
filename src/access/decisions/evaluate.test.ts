// The evaluator: each step of the evaluation with its reason, and what must hold for whatever anybody holds.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AccessPolicy, type EffectiveAssignment, evaluate, type Question, type RoleKind } from './evaluate.ts'
import { covers, permissionFault } from './permissions.ts'

const aurora = { id: 'brd_a', slug: 'aurora', name: 'Aurora' }
const borealis = { id: 'brd_b', slug: 'borealis', name: 'Borealis' }
const brands = [null, aurora, borealis]

const policy: AccessPolicy = {
  organizationStatus: 'active',
  administratorBrandAccess: 'explicit',
  roleStrategy: 'union',
  rules: [],
  separations: [],
}

type Holding = {
  allows?: string[]
  denies?: string[]
  rank?: number
  brand?: typeof aurora | null
  key?: string
  kind?: RoleKind
}

const holds = ({
  allows = [],
  denies = [],
  rank = 10,
  brand = null,
  key = 'role',
  kind = 'role',
}: Holding): EffectiveAssignment => ({
  role: { id: `rol_${key}`, key, name: key, kind, rank, allows, denies },
  brand,
  source: { type: 'mapping', mappingId: `map_${key}`, path: [{ id: 'grp_1', displayName: 'Group' }], filter: null },
})

const ask = (assignments: EffectiveAssignment[], question: Partial<Question> = {}) =>
  evaluate({ status: 'active', policy, assignments, permission: 'content.edit', ...question })

describe('status', () => {
  test.each([
    ['inactive', 'user_inactive'],
    ['erased', 'user_inactive'],
    ['invited', 'user_invited'],
  ] as const)('%s users may do nothing', (status, reason) => {
    expect(ask([holds({ allows: ['*'] })], { status })).toEqual({ allowed: false, step: 'status', reason, chain: [] })
  })

  test('nobody of a suspended organization may do anything', () => {
    const suspended = { ...policy, organizationStatus: 'suspended' as const }
    const decision = ask([holds({ allows: ['*'] })], { policy: suspended })
    expect(decision).toMatchObject({ allowed: false, step: 'status', reason: 'organization_suspended' })
  })
})

describe('scope', () => {
  test('in a brand the brand assignments replace the roles of the organization (000-24)', () => {
    const held = [holds({ allows: ['content.edit'] }), holds({ allows: ['content.view'], brand: aurora })]
    expect(ask(held)).toMatchObject({ allowed: true, reason: 'granted' })
    expect(ask(held, { brandId: aurora.id })).toMatchObject({
      allowed: false,
      step: 'permission',
      reason: 'not_granted',
    })
  })

  test('an administrator without a membership has no access in a brand (000-25)', () => {
    const decision = ask([holds({ allows: ['*'] })], { brandId: aurora.id })
    expect(decision).toMatchObject({ allowed: false, step: 'scope', reason: 'no_brand_access' })
  })

  test('unless the policy is implicit, for administrators only (C3)', () => {
    const implicit = { policy: { ...policy, administratorBrandAccess: 'implicit' as const }, brandId: aurora.id }
    const admin = ask([holds({ allows: ['*'], key: 'administrator' })], implicit)
    expect(admin).toMatchObject({ allowed: true, step: 'scope', reason: 'administrator_implicit' })
    expect(admin.chain).toMatchObject([{ effect: 'allow', permission: '*', role: { key: 'administrator' } }])
    expect(ask([holds({ allows: ['content.*'] })], implicit)).toMatchObject({ reason: 'no_brand_access' })
    const membership = [holds({ allows: ['*'] }), holds({ allows: ['content.view'], brand: aurora })]
    expect(ask(membership, implicit)).toMatchObject({ allowed: false, reason: 'not_granted' })
  })

  test('a brand administrator has everything there and nothing elsewhere (000-27)', () => {
    const held = [holds({ allows: ['*'], brand: aurora })]
    expect(ask(held, { brandId: aurora.id }).allowed).toBe(true)
    expect(ask(held, { brandId: borealis.id })).toMatchObject({ allowed: false, reason: 'no_brand_access' })
    expect(ask(held)).toMatchObject({ allowed: false, step: 'scope', reason: 'no_role' })
  })
})

describe('permission and deny', () => {
  test('several roles unite', () => {
    const held = [holds({ allows: ['content.view'], rank: 90 }), holds({ allows: ['content.edit'], rank: 5 })]
    expect(ask(held).allowed).toBe(true)
  })

  test('under the strategy "highest" only the top rank of the scope counts', () => {
    const held = [holds({ allows: ['content.view'], rank: 90 }), holds({ allows: ['content.edit'], rank: 5 })]
    const highest = { policy: { ...policy, roleStrategy: 'highest' as const } }
    expect(ask(held, highest)).toMatchObject({ allowed: false, reason: 'not_granted' })
    expect(ask(held, { ...highest, permission: 'content.view' }).allowed).toBe(true)
  })

  test('a deny wins over every allow and names its role (C8)', () => {
    const held = [holds({ allows: ['*'] }), holds({ denies: ['content.edit'], key: 'auditor' })]
    const decision = ask(held)
    expect(decision).toMatchObject({ allowed: false, step: 'deny', reason: 'denied' })
    expect(decision.chain).toMatchObject([{ effect: 'deny', permission: 'content.edit', role: { key: 'auditor' } }])
    expect(ask(held, { permission: 'content.view' }).allowed).toBe(true)
  })

  test('the chain leads from the group to the permission', () => {
    expect(ask([holds({ allows: ['content.edit', 'content.*'] })]).chain).toMatchObject([
      { permission: 'content.edit', source: { type: 'mapping', mappingId: 'map_role', path: [{ id: 'grp_1' }] } },
      { permission: 'content.*' },
    ])
  })
})

describe('permissions', () => {
  test.each([
    ['*', 'content.edit', true],
    ['content.*', 'content.edit', true],
    ['content.*', 'content', false],
    ['content.*', 'workflow.edit', false],
    ['*.view', 'content.view', true],
    ['*.view', 'content.edit', false],
    ['workflow.approve', 'workflow.approve:legal', true],
    ['workflow.approve:legal', 'workflow.approve:legal', true],
    ['workflow.approve:legal', 'workflow.approve:brand', false],
    ['workflow.approve:legal', 'workflow.approve', false],
    ['workflow.*', 'workflow.approve:legal', true],
    ['content', 'content.edit', false],
  ])('holding %s, may one %s? %s', (held, wanted, expected) => {
    expect(covers(held, wanted)).toBe(expected)
  })

  test.each(['content.view', '*', 'content.*', 'workflow.approve:legal', 'app.reports.print'])(
    'a role may hold %s',
    (held) => {
      expect(permissionFault(held)).toBeUndefined()
    },
  )

  test.each(['', 'content.fly', 'Content.View', 'content.view:x', 'content..view', 'app', '__proto__', 'a b'])(
    'a role may not hold "%s"',
    (held) => {
      expect(permissionFault(held)).toBeDefined()
    },
  )
})

const names = ['content.view', 'content.edit', 'content.*', '*', 'workflow.approve', 'workflow.approve:legal']

const holding = fc
  .record({
    allows: fc.subarray(names),
    denies: fc.subarray(names, { maxLength: 2 }),
    rank: fc.integer({ min: 0, max: 3 }),
    brand: fc.constantFrom(...brands),
    key: fc.constantFrom('a', 'b', 'c'),
  })
  .map(holds)

const question = fc.record({
  status: fc.constantFrom('active' as const, 'inactive' as const, 'invited' as const, 'erased' as const),
  policy: fc.record({
    organizationStatus: fc.constantFrom('active' as const, 'suspended' as const),
    administratorBrandAccess: fc.constantFrom('explicit' as const, 'implicit' as const),
    roleStrategy: fc.constantFrom('union' as const, 'highest' as const),
    rules: fc.array(
      fc.record({
        id: fc.constant('pol_1'),
        name: fc.constant('Rule'),
        permission: fc.constantFrom(...names),
        brandId: fc.constantFrom(null, aurora.id),
        // Of nobody here: whoever gains an excepted role gains what the policy takes.
        exceptRoleIds: fc.constantFrom([], ['rol_none']),
      }),
      { maxLength: 2 },
    ),
    separations: fc.constant([]),
  }),
  assignments: fc.array(holding, { maxLength: 6 }),
  permission: fc.constantFrom(...names.filter((name) => !name.includes('*')), 'content.delete'),
  brandId: fc.constantFrom(undefined, aurora.id, borealis.id),
})

describe('for whatever anybody holds', () => {
  test('adding a deny to a role never allows more', () => {
    fc.assert(
      fc.property(question, fc.constantFrom(...names), fc.nat(), (asked, denied, at) => {
        const denying = asked.assignments.map((assignment, index) => {
          if (index !== at % asked.assignments.length) return assignment
          return { ...assignment, role: { ...assignment.role, denies: [...assignment.role.denies, denied] } }
        })
        const after = evaluate({ ...asked, assignments: denying })
        expect(after.allowed && !evaluate(asked).allowed).toBe(false)
      }),
    )
  })

  test('an assignment that only denies never allows more', () => {
    fc.assert(
      fc.property(question, holding, (asked, extra) => {
        const denyOnly = { ...extra, role: { ...extra.role, allows: [] } }
        const after = evaluate({ ...asked, assignments: [...asked.assignments, denyOnly] })
        expect(after.allowed && !evaluate(asked).allowed).toBe(false)
      }),
    )
  })

  test('the order of assignments does not matter', () => {
    const shuffled = question.chain((asked) =>
      fc
        .shuffledSubarray(asked.assignments, { minLength: asked.assignments.length })
        .map((mixed) => ({ asked, mixed })),
    )
    fc.assert(
      fc.property(shuffled, ({ asked, mixed }) => {
        const [one, other] = [evaluate(asked), evaluate({ ...asked, assignments: mixed })]
        const { allowed, step, reason } = one
        expect(other).toMatchObject({ allowed, step, reason })
        expect(other.chain).toHaveLength(one.chain.length)
      }),
    )
  })

  test('nobody who is not active is ever allowed anything', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { allowed } = evaluate(asked)
        expect(allowed && (asked.status !== 'active' || asked.policy.organizationStatus !== 'active')).toBe(false)
      }),
    )
  })

  test('what is allowed has a chain of allows, what is denied a chain of denies', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { allowed, step, chain } = evaluate(asked)
        if (allowed) expect(chain.every(({ effect }) => effect === 'allow') && chain.length > 0).toBe(true)
        if (step === 'deny') expect(chain.every(({ effect }) => effect === 'deny') && chain.length > 0).toBe(true)
      }),
    )
  })
})

describe('overrides', () => {
  const more = holds({ kind: 'override', key: '+', rank: 0, allows: ['content.publish'] })
  const less = holds({ kind: 'override', key: '-', rank: 0, denies: ['content.edit'] })
  const editor = holds({ allows: ['content.edit'], rank: 50 })

  test('001-04: one gives a permission on top of a role, whichever roles count', () => {
    for (const roleStrategy of ['union', 'highest'] as const) {
      const held = { policy: { ...policy, roleStrategy } }
      expect(ask([editor, more], { ...held, permission: 'content.publish' })).toMatchObject({ allowed: true })
      expect(ask([editor, more], held)).toMatchObject({ allowed: true })
      expect(ask([editor, less], held)).toMatchObject({ allowed: false, step: 'deny', reason: 'denied' })
    }
  })

  test('on top of no role it counts for nothing, in the organization and in a brand', () => {
    expect(ask([more], { permission: 'content.publish' })).toMatchObject({ allowed: false, reason: 'no_role' })
    const there = holds({ kind: 'override', key: '+', allows: ['content.publish'], brand: aurora })
    const asked = { permission: 'content.publish', brandId: aurora.id }
    expect(ask([editor, there], asked)).toMatchObject({ allowed: false, reason: 'no_brand_access' })
    const member = holds({ allows: ['content.edit'], brand: aurora })
    expect(ask([member, there], asked)).toMatchObject({ allowed: true })
    expect(ask([member, more], asked)).toMatchObject({ allowed: false, reason: 'not_granted' })
  })

  test('an administrator who is in a brand as such keeps that, less what an override takes there', () => {
    const everything = holds({ allows: ['*'] })
    const held = { policy: { ...policy, administratorBrandAccess: 'implicit' as const }, brandId: aurora.id }
    const there = holds({ kind: 'override', key: '-', denies: ['content.edit'], brand: aurora })
    expect(ask([everything, there], held)).toMatchObject({ allowed: false, reason: 'denied' })
    expect(ask([everything, there], { ...held, permission: 'content.view' })).toMatchObject({ allowed: true })
  })
})

describe('separation of duties', () => {
  const side = (name: string) =>
    name.startsWith('rol_') ? { roleId: name, permission: null } : { roleId: null, permission: name }
  const apart = (first: string, second: string, more: object = {}) => ({
    policy: {
      ...policy,
      separations: [
        {
          ...{ id: 'sod_1', name: 'Four eyes', mode: 'enforce' as const, exceptRoleIds: ['rol_exception'] },
          ...{ first: side(first), second: side(second), ...more },
        },
      ],
    },
  })
  const maker = holds({ key: 'maker', allows: ['campaigns.create'] })
  const checker = holds({ key: 'checker', allows: ['campaigns.activate', 'content.edit'], rank: 20 })
  const permissions = apart('campaigns.create', 'campaigns.activate')
  const roles = apart('rol_maker', 'rol_checker')

  test('of two permissions the second is withheld from whoever holds both, and from nobody else', () => {
    const asked = { ...permissions, permission: 'campaigns.activate' }
    expect(ask([maker, checker], asked)).toMatchObject({
      ...{ allowed: false, step: 'deny', reason: 'separation_of_duties' },
      chain: [{ effect: 'deny', source: { type: 'separation', ruleId: 'sod_1' } }],
    })
    expect(ask([checker], asked).allowed).toBe(true)
    expect(ask([maker, checker], { ...permissions, permission: 'campaigns.create' }).allowed).toBe(true)
    expect(ask([maker, checker], permissions).allowed).toBe(true)
    const everything = holds({ key: 'all', allows: ['*'] })
    expect(ask([everything], asked).allowed).toBe(false)
    const denied = holds({ key: 'no', denies: ['campaigns.create'] })
    expect(ask([maker, checker, denied], asked).allowed).toBe(true)
  })

  test('of two roles all that the second allows is withheld, unless another role allows it', () => {
    for (const permission of ['campaigns.activate', 'content.edit'])
      expect(ask([maker, checker], { ...roles, permission })).toMatchObject({ reason: 'separation_of_duties' })
    const editor = holds({ key: 'editor', allows: ['content.edit'] })
    expect(ask([maker, checker, editor], roles).allowed).toBe(true)
    expect(ask([maker, checker, editor], { ...roles, permission: 'campaigns.activate' }).allowed).toBe(false)
    const strict = holds({ key: 'checker', allows: ['campaigns.activate'], denies: ['content.*'] })
    expect(ask([maker, strict, editor], roles)).toMatchObject({ allowed: false, reason: 'denied' })
  })

  test('it is about one place at a time, and an exception lifts it there', () => {
    const there = (key: string, allows: string[]) => holds({ key, allows, brand: aurora })
    const asked = { ...permissions, permission: 'campaigns.activate' }
    const split = [there('maker', ['campaigns.create']), checker]
    expect(ask(split, asked).allowed).toBe(true)
    const both = [there('maker', ['campaigns.create']), there('checker', ['campaigns.activate'])]
    expect(ask(both, { ...asked, brandId: aurora.id }).allowed).toBe(false)
    const exception = (brand: typeof aurora | null) => holds({ kind: 'exception', key: 'exception', brand })
    expect(ask([...both, exception(aurora)], { ...asked, brandId: aurora.id }).allowed).toBe(true)
    expect(ask([...both, exception(null)], { ...asked, brandId: aurora.id }).allowed).toBe(false)
  })

  test('watching withholds nothing, nor is what administrators need ever withheld', () => {
    const watched = apart('campaigns.create', 'campaigns.activate', { mode: 'watch' })
    expect(ask([maker, checker], { ...watched, permission: 'campaigns.activate' }).allowed).toBe(true)
    const root = holds({ key: 'root', allows: ['*'] })
    const locked = apart('rol_maker', 'rol_root')
    expect(ask([maker, root], { ...locked, permission: 'roles.manage' }).allowed).toBe(true)
    expect(ask([maker, root], { ...locked, permission: 'billing.manage' }).allowed).toBe(false)
  })

  test('whatever somebody holds, an enforced rule leaves them one side alone', () => {
    const name = fc.constantFrom('campaigns.create', 'campaigns.activate', 'content.edit', 'campaigns.*', '*')
    const holding = fc.record({
      ...{ allows: fc.array(name, { maxLength: 3 }), denies: fc.array(name, { maxLength: 1 }) },
      ...{ rank: fc.constantFrom(10, 20), brand: fc.constantFrom(...brands), key: fc.constantFrom('maker', 'checker') },
    })
    const strategy = fc.constantFrom('union' as const, 'highest' as const)
    const access = fc.constantFrom('explicit' as const, 'implicit' as const)
    fc.assert(
      fc.property(fc.array(holding, { maxLength: 4 }), strategy, access, (held, roleStrategy, implicit) => {
        const assignments = held.map(holds)
        for (const brandId of [undefined, aurora.id]) {
          const may = (permission: string, rule: { policy: AccessPolicy }) => {
            const ruled = { ...rule.policy, roleStrategy, administratorBrandAccess: implicit }
            return ask(assignments, { policy: ruled, brandId, permission }).allowed
          }
          expect(may('campaigns.create', permissions) && may('campaigns.activate', permissions)).toBe(false)
        }
      }),
    )
  })
})
