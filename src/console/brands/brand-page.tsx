// One brand with everybody who has access to it, through what, and what has happened in it.
import type { BrandRecord } from '#access/grants/brands/brands.ts'
import type { RoleRecord } from '#access/grants/roles/roles.ts'
import type { Holder, HoldersPage } from '#access/people/list-holders.ts'
import type { AuditEvent } from '#audit/list-events.ts'
import { LinkButton, PrimaryLink, SmallLink } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { type CallContext, isPermitted } from '#src/context.ts'
import { counted } from '#words/counts.ts'
import { EventTable } from '../audit/event-table.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Found, Search } from '../ui/list.tsx'
import { namedOptions, Panel, Select } from '../ui/parts.tsx'
import { NameList, Source, StatusBadge, UserName } from '../ui/people.tsx'

type BrandProps = {
  frame: Frame
  brand: BrandRecord
  found: HoldersPage | undefined
  roles: readonly RoleRecord[]
  q: string
  role: string
  cursor: string | undefined
  events: readonly AuditEvent[]
}

export const BrandPage = (props: BrandProps) => {
  const { frame, brand, events } = props
  return (
    <ConsolePage
      frame={frame}
      section="brands"
      title={brand.name}
      lead={<code>{brand.slug}</code>}
      trail={sectionTrail('brands')}
      actions={<BrandActions ctx={frame.ctx} brand={brand} />}
    >
      <People {...props} />
      {events.length === 0 ? null : (
        <Panel
          title="What has happened here"
          actions={<SmallLink href={`/console/audit?brand=${brand.id}`}>All of it</SmallLink>}
        >
          <EventTable caption={`History of ${brand.name}`} events={events} />
        </Panel>
      )}
    </ConsolePage>
  )
}

const BrandActions = ({ ctx, brand }: { ctx: CallContext; brand: BrandRecord }) => (
  <>
    {isPermitted(ctx, 'invitations.write', brand.id) ? (
      <PrimaryLink href={`/console/invitations/new?brand=${brand.id}`}>Invite here</PrimaryLink>
    ) : null}
    {isPermitted(ctx, 'assignments.write', brand.id) ? (
      <LinkButton href={`/console/brands/${brand.id}/give`}>Give somebody a role</LinkButton>
    ) : null}
    {isPermitted(ctx, 'users.read', brand.id) ? (
      <LinkButton href={`/console/brands/${brand.id}/past`}>As it was</LinkButton>
    ) : null}
    {isPermitted(ctx, 'users.read', brand.id) ? (
      <a class="btn" href={`/console/brands/${brand.id}/people.csv`} download={`${brand.slug}.csv`}>
        Export
      </a>
    ) : null}
    {isPermitted(ctx, 'brands.write') ? <LinkButton href={`/console/brands/${brand.id}/edit`}>Edit</LinkButton> : null}
  </>
)

const People = ({ frame, brand, found, roles, q, role, cursor }: BrandProps) => {
  if (found === undefined) return null
  const path = `/console/brands/${brand.id}`
  const isSearched = q !== '' || role !== ''
  return (
    <Panel title="Who has access" lead={`${counted(found.total, 'person', 'people')}${isSearched ? ' found' : ''}`}>
      <Search action={path} q={q} placeholder="Name or address">
        <Select name="role" label="Role" value={role} empty="Any" options={namedOptions(roles)} />
      </Search>
      <Found
        path={path}
        query={{ q, role }}
        isFirst={cursor === undefined}
        found={found}
        empty={
          <EmptyState
            title={isSearched ? 'No users match' : 'Nobody has access yet'}
            text={
              isSearched
                ? 'Try fewer filters.'
                : 'Invite somebody here, give somebody a role here, or map a group to it.'
            }
          />
        }
      >
        <Table
          caption={`Who has access to ${brand.name}`}
          columns={['Name', 'Role', 'Through', 'Status', 'Last activity']}
          rows={found.items.map((holder) => rowOf(frame.ctx, holder, brand))}
        />
      </Found>
    </Panel>
  )
}

function rowOf(ctx: CallContext, { user, holdings }: Holder, brand: BrandRecord) {
  const roles = [...new Map(holdings.map(({ role }) => [role.id, role])).values()]
  const mayChange = isPermitted(ctx, 'assignments.write', brand.id)
  return [
    <UserName user={user} />,
    <NameList names={roles} />,
    <ul class="source-list">
      {holdings.map(({ source }) => (
        <li>
          <Source source={source} />
          {source.type === 'direct' && mayChange ? (
            <a href={`/console/users/${user.id}/assignments/${source.assignmentId}`}>
              Change<span class="visually-hidden"> what {user.displayName ?? user.userName} was given</span>
            </a>
          ) : null}
        </li>
      ))}
    </ul>,
    <StatusBadge status={user.status} />,
    <Time at={user.lastActiveAt} empty="Never" />,
  ]
}
