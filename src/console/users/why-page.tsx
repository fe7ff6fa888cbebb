// May somebody do something, and why, or why not: for every permission, in the organization and in each brand.

import { Hono } from 'hono'
import { listPermissions } from '#access/decisions/catalogue.ts'
import type { ChainEntry, DecisionReason } from '#access/decisions/evaluate.ts'
import { type Explanation, explainAccess } from '#access/decisions/explain.ts'
import { listBrands } from '#access/grants/brands/brands.ts'
import { getListedUser, type ListedUser } from '#access/people/list-users.ts'
import { renderPage } from '#http/pages.ts'
import { SmallLink, SubmitButton } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { brandsPermitted, isPermitted } from '#src/context.ts'
import { sourceInChain } from '#words/role-sources.ts'
import { type ConsoleEnv, type Frame, frameOf } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Panel, Select } from '../ui/parts.tsx'
import { nameOf, userTrail } from './parts/user-frame.tsx'

type Option = { value: string; label: string }

/** @returns an app to be mounted at `/console/users` */
export function createWhyPage(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/:id/why', async (c) => {
    const [frame, id] = [frameOf(c), c.req.param('id')]
    const [permission = '', brand = ''] = [c.req.query('permission'), c.req.query('brand')]
    const [user, brands, catalogue] = await Promise.all([
      getListedUser(frame.ctx, id),
      brandsPermitted(frame.ctx, 'brands.read').length > 0 ? listBrands(frame.ctx, { limit: 500 }) : [],
      listPermissions({ ...frame.ctx, permissions: 'all' }),
    ])
    const explanation =
      permission === ''
        ? undefined
        : await explainAccess(frame.ctx, {
            ...{ userId: id, permission: permission.slice(0, 300) },
            brand: brand === '' ? null : brand,
          })
    const options = {
      permissions: catalogue.map(({ name, description }) => ({ value: name, label: `${description} (${name})` })),
      brands: brands.map((each) => ({ value: each.id, label: each.name })),
    }
    return renderPage(c, <WhyPage {...{ frame, user, permission, brand, explanation, options }} />)
  })
  return pages
}

type WhyProps = {
  frame: Frame
  user: ListedUser
  permission: string
  brand: string
  explanation: Explanation | undefined
  options: { permissions: readonly Option[]; brands: readonly Option[] }
}

const WhyPage = ({ frame, user, permission, brand, explanation, options }: WhyProps) => (
  <ConsolePage
    frame={frame}
    section="users"
    title={`What may ${nameOf(user)} do?`}
    lead="Choose what it is about, and where. The answer is the one that applications get."
    trail={userTrail(user)}
  >
    <form class="filters" method="get" action={`/console/users/${user.id}/why`}>
      <div class="is-search field">
        <Select name="permission" label="May they" value={permission} options={options.permissions} />
      </div>
      <Select
        name="brand"
        label="Where"
        value={brand}
        {...(isPermitted(frame.ctx, 'access.read') ? { empty: frame.manager.organization.name } : {})}
        options={options.brands}
      />
      <SubmitButton label="Explain" />
    </form>
    {explanation === undefined ? null : (
      <Answer explanation={explanation} organization={frame.manager.organization.name} />
    )}
  </ConsolePage>
)

const reasons: Record<DecisionReason, string> = {
  granted: 'One of their roles allows it.',
  administrator_implicit: 'Administrators have access to every brand in this organization.',
  organization_suspended: 'The organization is suspended.',
  organization_unknown: 'There is no such organization.',
  user_unknown: 'There is no such person.',
  user_invited: 'They have not accepted their invitation yet, or wait to be let in.',
  user_inactive: 'They are inactive.',
  brand_unknown: 'There is no such brand.',
  no_brand_access: 'They hold nothing in this brand; what they hold in the organization does not count there.',
  no_role: 'They hold no role in the organization.',
  not_granted: 'None of their roles allows it there.',
  team_restriction: 'It is for the people of some teams alone, and they are in none of them.',
  asset_creator: 'One of their roles allows it. It is restricted to teams, but they created it.',
  asset_assigned: 'One of their roles allows it. It is restricted to teams, but assigned to them.',
  separation_of_duties: 'They hold what a rule keeps apart from it, and so do not have this.',
  asset_unknown: 'Nothing of the kind is registered there.',
  denied: 'It is denied, and a deny wins over whatever allows it.',
}

const Answer = ({ explanation, organization }: { explanation: Explanation; organization: string }) => {
  const { decision, permission, brand, considered, isReplacedByBrand, nearest } = explanation
  const where = brand?.name ?? organization
  return (
    <>
      <Alert
        kind={decision.allowed ? 'success' : 'warning'}
        title={`${decision.allowed ? 'Yes' : 'No'}: ${permission} in ${where}`}
      >
        {reasons[decision.reason]}
        {isReplacedByBrand
          ? ' In the organization they may; in this brand, the roles that they hold there take the place of those.'
          : ''}
      </Alert>
      {decision.chain.length === 0 ? null : (
        <Panel title="The chain" lead="Through what it is held, step by step.">
          <ol class="steps">
            {decision.chain.map((entry) => (
              <li class={entry.effect === 'allow' ? 'is-done' : 'is-failed'}>{chainWords(entry)}</li>
            ))}
          </ol>
        </Panel>
      )}
      {nearest === null ? null : (
        <Panel title="What would allow it" lead="The smallest change that would allow it.">
          {nearest.kind === 'group' ? (
            <p>
              Membership in the group <a href={`/console/groups/${nearest.group.id}`}>{nearest.group.displayName}</a>,
              which is mapped to {nearest.role.name}.
            </p>
          ) : (
            <p>
              The role <a href={`/console/roles/${nearest.role.id}`}>{nearest.role.name}</a>: {nearest.role.purpose}
            </p>
          )}
          <SmallLink
            href={`/console/users/${explanation.user.id}/give?role=${nearest.role.id}${brand === null ? '' : `&brand=${brand.id}`}`}
          >
            Give {nearest.role.name}
          </SmallLink>
        </Panel>
      )}
      <Panel title={`What they hold in ${where}`}>
        {considered.length === 0 ? (
          <p class="text-secondary">Nothing.</p>
        ) : (
          <ul class="role-list">
            {considered.map(({ role, source }) => (
              <li>
                {role.kind === 'role' ? <a href={`/console/roles/${role.id}`}>{role.name}</a> : role.name},{' '}
                {sourceInChain(source)}
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </>
  )
}

function chainWords({ role, permission, source, effect }: ChainEntry): string {
  const what = effect === 'allow' ? 'allows' : 'denies'
  if (source.type === 'separation') return `The rule ${source.name} keeps ${permission} apart from what they hold`
  if (source.type === 'policy') return `The policy ${source.name} takes ${permission} away`
  const through = sourceInChain(source)
  return `${through.slice(0, 1).toUpperCase()}${through.slice(1)} → the role ${role?.name ?? ''} → ${what} ${permission}`
}
