// What one person holds: roles by organization and brands, each with where it comes from; and what is to come or has ended.
import type { ListedTeam } from '#access/grants/teams/teams.ts'
import type { AccessMatrix, IdleAssignment, MatrixCell, MatrixRow } from '#access/people/access-matrix.ts'
import type { ListedUser } from '#access/people/list-users.ts'
import type { DeactivationReceipt } from '#access/people/status/deactivation-receipt.ts'
import { SmallLink } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { type CallContext, isPermitted } from '#src/context.ts'
import { counted } from '#words/counts.ts'
import type { Frame, Manager } from '../../ui/env.ts'
import { Badge, Panel } from '../../ui/parts.tsx'
import { Source } from '../../ui/people.tsx'
import { nameOf } from './user-frame.tsx'

export type AccessTabProps = {
  frame: Frame
  user: ListedUser
  matrix: AccessMatrix
  receipt: DeactivationReceipt | undefined
  teams: readonly ListedTeam[]
}

/** With more brands than that, a list reads better than a table as wide as a hall. */
const widest = 6

export const AccessTab = ({ frame, user, matrix, receipt, teams }: AccessTabProps) => (
  <>
    {receipt === undefined || user.status !== 'inactive' ? null : <Receipt receipt={receipt} userId={user.id} />}
    <Panel
      title="Roles"
      lead={
        user.status === 'active'
          ? 'What they hold now, and through what.'
          : 'What they would hold; as long as they are not active, none of it counts.'
      }
      actions={
        <>
          {mayOverride(frame.ctx, matrix) ? (
            <SmallLink href={`/console/users/${user.id}/override`}>Override a permission</SmallLink>
          ) : null}
          <SmallLink href={`/console/users/${user.id}/why`}>May they…?</SmallLink>
        </>
      }
    >
      {matrix.rows.length === 0 ? (
        <EmptyState
          title={`${nameOf(user)} holds no role`}
          text="They can sign in, but will see nothing. Give them a role, or put them into a group that is mapped to one."
        />
      ) : (
        <Matrix {...{ frame, user, matrix }} />
      )}
    </Panel>
    {matrix.upcoming.length === 0 ? null : (
      <Idle title="Yet to begin" assignments={matrix.upcoming} manager={frame.manager} />
    )}
    {matrix.ended.length === 0 ? null : <Idle title="Ended" assignments={matrix.ended} manager={frame.manager} />}
    {teams.length === 0 ? null : (
      <Panel title="Teams" lead="That they are in, or in a team within.">
        <ul class="role-list">
          {teams.map(({ id, name, brand }) => (
            <li>
              <a href={`/console/teams/${id}`}>{name}</a>
              {brand === null ? null : `, ${brand.name}`}
            </li>
          ))}
        </ul>
      </Panel>
    )}
    {user.groups.length === 0 || !isPermitted(frame.ctx, 'groups.read') ? null : (
      <Panel title="Groups" lead="That they are a direct member of.">
        <ul class="role-list">
          {user.groups.map(({ id, displayName }) => (
            <li>
              <a href={`/console/groups/${id}`}>{displayName}</a>
            </li>
          ))}
        </ul>
      </Panel>
    )}
  </>
)

/** On top of a role, so where there is one. */
const mayOverride = (ctx: CallContext, { rows }: AccessMatrix): boolean =>
  rows.some(
    ({ role, cells }) =>
      role.kind === 'role' && cells.some(({ brandId }) => isPermitted(ctx, 'assignments.write', brandId ?? undefined)),
  )

type MatrixProps = Omit<AccessTabProps, 'receipt' | 'teams'>

const Matrix = (props: MatrixProps) =>
  props.matrix.scopes.length <= widest ? <WideMatrix {...props} /> : <LongMatrix {...props} />

const whyHref = (user: ListedUser, brandId: string | null): string =>
  `/console/users/${user.id}/why${brandId === null ? '' : `?brand=${brandId}`}`

const WideMatrix = ({ frame, user, matrix }: MatrixProps) => (
  <div class="access-matrix">
    <Table
      caption={`Roles of ${nameOf(user)}, by organization and brands`}
      columns={[
        'Role',
        ...matrix.scopes.map((scope) => ({
          label: scope?.name ?? `${frame.manager.organization.name} (organization)`,
        })),
      ]}
      rows={matrix.rows.map(({ role, cells }) => [
        role.name,
        ...matrix.scopes.map((scope) => {
          const cell = cells.find(({ brandId }) => brandId === (scope?.id ?? null))
          return cell === undefined ? (
            <span class="cell-no">–</span>
          ) : (
            <Cell {...{ ctx: frame.ctx, user, role, cell }} />
          )
        }),
      ])}
    />
  </div>
)

const LongMatrix = ({ frame, user, matrix }: MatrixProps) => (
  <Table
    caption={`Roles of ${nameOf(user)}, by organization and brands`}
    columns={['Where', 'Role', 'Through']}
    rows={matrix.scopes.flatMap((scope) =>
      matrix.rows.flatMap(({ role, cells }) => {
        const cell = cells.find(({ brandId }) => brandId === (scope?.id ?? null))
        return cell === undefined
          ? []
          : [
              [
                scope?.name ?? frame.manager.organization.name,
                role.name,
                <Cell {...{ ctx: frame.ctx, user, role, cell }} />,
              ],
            ]
      }),
    )}
  />
)

const higher = 'Does not count: a higher role does'
const onTopOfNothing = 'Does not count: they hold no role here'

type CellProps = { ctx: CallContext; user: ListedUser; role: MatrixRow['role']; cell: MatrixCell }

const Cell = ({ ctx, user, role, cell }: CellProps) => (
  <>
    {cell.counts ? null : <Badge tone="quiet">{role.kind === 'role' ? higher : onTopOfNothing}</Badge>}
    <ul class="source-list">
      {cell.sources.map((source) => (
        <li>
          <Source source={source} />
          {source.type === 'direct' && isPermitted(ctx, 'assignments.write', cell.brandId) ? (
            <a href={`/console/users/${user.id}/assignments/${source.assignmentId}`}>
              Change<span class="visually-hidden"> {source.reason}</span>
            </a>
          ) : null}
        </li>
      ))}
    </ul>
    <a class="under" href={whyHref(user, cell.brandId)}>
      why?
    </a>
  </>
)

type IdleProps = { title: string; assignments: readonly IdleAssignment[]; manager: Manager }

const Idle = ({ title, assignments, manager }: IdleProps) => (
  <Panel title={title}>
    <Table
      caption={title}
      columns={['Role', 'Where', 'From', 'Until', 'Reason']}
      rows={assignments.map(({ role, brand, validFrom, expiresAt, createdAt, reason }) => [
        role.name,
        brand?.name ?? manager.organization.name,
        <Time at={validFrom ?? createdAt} />,
        <Time at={expiresAt} empty="No end" />,
        reason,
      ])}
    />
  </Panel>
)

const kindWords: Record<string, [string, string]> = {
  sessions: ['session', 'sessions'],
  api_keys: ['API key', 'API keys'],
  application_tokens: ['token of an application', 'tokens of applications'],
  sign_ins_under_way: ['sign-in under way', 'sign-ins under way'],
  invitations: ['invitation', 'invitations'],
  password_resets: ['password link', 'password links'],
  address_changes: ['link to a new address', 'links to a new address'],
}

/** What ends, in words; empty where nothing does. */
export const closingWords = (closed: Record<string, number>): string[] =>
  Object.entries(closed).flatMap(([kind, count]) => {
    const [one, many] = kindWords[kind] ?? [kind, kind]
    return count === 0 ? [] : [counted(count, one, many)]
  })

const Receipt = ({ receipt, userId }: { receipt: DeactivationReceipt; userId: string }) => {
  const closed = closingWords(receipt.closed)
  const { sent, queued, failed } = receipt.logouts
  const told = [
    ...(sent === 0 ? [] : [`${sent} told`]),
    ...(queued === 0 ? [] : [`${queued} to be told`]),
    ...(failed === 0 ? [] : [`${failed} could not be reached`]),
  ]
  return (
    <Panel
      title="Switched off"
      lead="The receipt of their deactivation."
      actions={<SmallLink href={`/console/users/${userId}/cut-off`}>Who has confirmed it</SmallLink>}
    >
      <dl class="facts">
        <div>
          <dt>When</dt>
          <dd>
            <Time at={receipt.occurredAt} /> by {receipt.actor.name ?? receipt.actor.type.replaceAll('_', ' ')}
          </dd>
        </div>
        <div>
          <dt>Closed</dt>
          <dd>{closed.length === 0 ? 'Nothing was open' : closed.join(', ')}</dd>
        </div>
        {told.length === 0 ? null : (
          <div>
            <dt>Applications</dt>
            <dd>{told.join(', ')}</dd>
          </div>
        )}
        {receipt.note === null ? null : (
          <div>
            <dt>Note</dt>
            <dd>{receipt.note}</dd>
          </div>
        )}
      </dl>
    </Panel>
  )
}
