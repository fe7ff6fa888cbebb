// One team: its people with how they are in, what fills it, what it holds, and the assets that are for it.
import type { AssetRecord } from '#access/grants/assets/assets.ts'
import type { LeftOut } from '#access/grants/teams/left-out.ts'
import type { TeamPeoplePage, TeamPerson } from '#access/grants/teams/team-people.ts'
import type { TeamRole } from '#access/grants/teams/team-roles.ts'
import type { TeamSource } from '#access/grants/teams/team-sources.ts'
import type { TeamRecord } from '#access/grants/teams/teams.ts'
import type { UserPage } from '#access/people/list-users.ts'
import { LinkButton, PrimaryLink } from '#http/ui/buttons.tsx'
import { Facts, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import { wayWords } from '#words/team-ways.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { ButtonForm, Pager, Panel } from '../ui/parts.tsx'
import { StatusBadge } from '../ui/people.tsx'
import { UserPicker } from '../ui/user-picker.tsx'

export type TeamProps = {
  frame: Frame
  team: TeamRecord
  people: TeamPeoplePage
  cursor: string | undefined
  sources: readonly TeamSource[]
  roles: readonly TeamRole[]
  leftOut: readonly LeftOut[]
  assets: readonly AssetRecord[]
  q: string
  found: UserPage | undefined
}

const hrefOf = ({ id }: TeamRecord): string => `/console/teams/${id}`

export const TeamPage = (props: TeamProps) => {
  const { frame, team } = props
  const mayWrite = isPermitted(frame.ctx, 'teams.write', team.brand?.id ?? null)
  const mayGive = isPermitted(frame.ctx, 'assignments.write', team.brand?.id ?? null)
  return (
    <ConsolePage
      frame={frame}
      section="teams"
      title={team.name}
      trail={sectionTrail('teams')}
      actions={
        <>
          {mayGive ? <PrimaryLink href={`${hrefOf(team)}/give`}>Give it a role</PrimaryLink> : null}
          {mayWrite ? <LinkButton href={`${hrefOf(team)}/edit`}>Edit</LinkButton> : null}
        </>
      }
    >
      <div class="panel">
        <Facts facts={factsOf(props)} />
      </div>
      <RolesPanel {...props} mayGive={mayGive} />
      <PeoplePanel {...props} mayWrite={mayWrite} />
      {mayWrite ? <AddPanel {...props} /> : null}
      <SourcesPanel {...props} mayWrite={mayWrite} />
      <LeftOutPanel {...props} mayWrite={mayWrite} />
      <AssetsPanel {...props} />
      {mayWrite ? (
        <Panel
          title="Delete the team"
          lead="People lose what it gave them. Assets that are for it stay closed to everybody else."
        >
          <ButtonForm action={`${hrefOf(team)}/delete`} label={`Delete ${team.name}`} kind="btn-danger" />
        </Panel>
      ) : null}
    </ConsolePage>
  )
}

const factsOf = ({ frame, team }: TeamProps) => [
  {
    term: 'Of',
    value:
      team.brand === null ? (
        frame.manager.organization.name
      ) : (
        <a href={`/console/brands/${team.brand.id}`}>{team.brand.name}</a>
      ),
  },
  {
    term: 'Leader',
    value: team.leader === null ? 'Nobody' : <a href={`/console/users/${team.leader.id}`}>{team.leader.name}</a>,
  },
  ...(team.parent === null
    ? []
    : [{ term: 'Within', value: <a href={`/console/teams/${team.parent.id}`}>{team.parent.name}</a> }]),
  { term: 'Created', value: <Time at={team.createdAt} /> },
]

const RolesPanel = ({ frame, team, roles, mayGive }: TeamProps & { mayGive: boolean }) => (
  <Panel title="What its people hold" lead="As long as they are in it.">
    {roles.length === 0 ? (
      <p class="text-secondary">Nothing by the team itself.</p>
    ) : (
      <Table
        caption={`Roles of ${team.name}`}
        columns={['Role', 'Where', 'Reason', 'Until', ...(mayGive ? [{ label: 'Change', isSilent: true }] : [])]}
        rows={roles.map((held) => [
          <a href={`/console/roles/${held.role.id}`}>{held.role.name}</a>,
          held.brand?.name ?? frame.manager.organization.name,
          <>
            {held.reason}
            {held.team.id === team.id ? null : <div class="under">held by {held.team.name}</div>}
          </>,
          <Time at={held.expiresAt} empty="No end" />,
          ...(mayGive
            ? [
                held.team.id === team.id ? (
                  <ButtonForm
                    action={`${hrefOf(team)}/roles/take`}
                    kind="btn-sm"
                    fields={{ role: held.id }}
                    label={
                      <>
                        Undo<span class="visually-hidden"> ({held.role.name})</span>
                      </>
                    }
                  />
                ) : (
                  ''
                ),
              ]
            : []),
        ])}
      />
    )}
  </Panel>
)

const namedPerson = ({ id, displayName, userName }: TeamPerson) => ({ id, name: displayName ?? userName })

const isFilledIn = ({ ways }: TeamPerson): boolean =>
  ways.some(({ way }) => way === 'group' || way === 'filter') && !ways.some(({ way }) => way === 'leader')

type ActProps = { team: TeamRecord; path: string; person: { id: string; name: string }; label: string }

const ActOn = ({ team, path, person, label }: ActProps) => (
  <ButtonForm
    action={`${hrefOf(team)}/${path}`}
    kind="btn-sm"
    fields={{ member: person.id, name: person.name }}
    label={
      <>
        {label}
        <span class="visually-hidden"> {person.name}</span>
      </>
    }
  />
)

const LeftOutPanel = ({ team, leftOut, mayWrite }: TeamProps & { mayWrite: boolean }) =>
  leftOut.length === 0 ? null : (
    <Panel title="Left out" lead="Whatever fills the team, they are not in it.">
      <Table
        caption={`People who are left out of ${team.name}`}
        columns={['Name', 'Why', 'Since', ...(mayWrite ? [{ label: 'Change', isSilent: true }] : [])]}
        rows={leftOut.map(({ user, reason, createdAt }) => [
          <a href={`/console/users/${user.id}`}>{user.displayName ?? user.userName}</a>,
          reason,
          <Time at={createdAt} />,
          ...(mayWrite
            ? [
                <ActOn
                  {...{ team, path: 'left-out/end', label: 'Let in again' }}
                  person={{ id: user.id, name: user.displayName ?? user.userName }}
                />,
              ]
            : []),
        ])}
      />
    </Panel>
  )

const isByHand = ({ ways }: TeamPerson): boolean => ways.some(({ way }) => way === 'hand')

const PeoplePanel = ({ team, people, cursor, mayWrite }: TeamProps & { mayWrite: boolean }) => (
  <Panel title="People" lead="Those of teams within it included.">
    {people.items.length === 0 ? (
      <p class="text-secondary">Nobody is in it.</p>
    ) : (
      <>
        <Table
          caption={`People of ${team.name}`}
          columns={['Name', 'Status', 'How they are in', ...(mayWrite ? [{ label: 'Change', isSilent: true }] : [])]}
          rows={people.items.map((person) => [
            <a href={`/console/users/${person.id}`}>{person.displayName ?? person.userName}</a>,
            <StatusBadge status={person.status} />,
            wayWords(person.ways),
            ...(mayWrite
              ? [
                  isByHand(person) ? (
                    <ActOn {...{ team, path: 'members/remove', label: 'Take out' }} person={namedPerson(person)} />
                  ) : isFilledIn(person) ? (
                    <ActOn {...{ team, path: 'left-out', label: 'Leave out' }} person={namedPerson(person)} />
                  ) : (
                    ''
                  ),
                ]
              : []),
          ])}
        />
        <Pager
          shown={people.items.length}
          next={people.nextCursor === null ? undefined : `${hrefOf(team)}?cursor=${people.nextCursor}`}
          first={cursor === undefined ? undefined : hrefOf(team)}
        />
      </>
    )}
  </Panel>
)

const AddPanel = ({ team, q, found }: TeamProps) => (
  <Panel title="Add somebody" lead="You see what they get by it before it is saved.">
    <UserPicker
      action={hrefOf(team)}
      q={q}
      found={found?.items ?? []}
      total={found?.total ?? 0}
      choose={(user) => (
        <ButtonForm
          action={`${hrefOf(team)}/members`}
          kind="btn-sm"
          fields={{ member: user.id, name: user.displayName ?? user.userName }}
          label={
            <>
              Add<span class="visually-hidden"> {user.displayName ?? user.userName}</span>
            </>
          }
        />
      )}
    />
  </Panel>
)

const SourcesPanel = ({ frame, team, sources, mayWrite }: TeamProps & { mayWrite: boolean }) => (
  <Panel
    title="What fills it"
    lead="Beside those who are added by hand: whoever comes or goes there, comes or goes here."
    actions={
      mayWrite && (isPermitted(frame.ctx, 'groups.read') || isPermitted(frame.ctx, 'users.read')) ? (
        <LinkButton href={`${hrefOf(team)}/fill`}>Add a group or a filter</LinkButton>
      ) : null
    }
  >
    {sources.length === 0 ? (
      <p class="text-secondary">No group and no filter.</p>
    ) : (
      <Table
        caption={`What fills ${team.name}`}
        columns={['Group or filter', 'Since', ...(mayWrite ? [{ label: 'Change', isSilent: true }] : [])]}
        rows={sources.map(({ id, group, filter, createdAt }) => [
          group === null ? <code>{filter}</code> : <a href={`/console/groups/${group.id}`}>{group.displayName}</a>,
          <Time at={createdAt} />,
          ...(mayWrite
            ? [
                <ButtonForm
                  action={`${hrefOf(team)}/unfill`}
                  kind="btn-sm"
                  fields={{ source: id }}
                  label={
                    <>
                      Remove<span class="visually-hidden"> {group?.displayName ?? filter}</span>
                    </>
                  }
                />,
              ]
            : []),
        ])}
      />
    )}
  </Panel>
)

const AssetsPanel = ({ frame, team, assets }: TeamProps) =>
  assets.length === 0 ? null : (
    <Panel title="Assets for it" lead="Registered by applications; others do not see them.">
      <Table
        caption={`Assets for ${team.name}`}
        columns={['Name', 'Kind', 'In', 'Also for', 'Created by', 'Assigned to']}
        rows={assets.map(({ type, name, brand, teams, creator, assignees }) => [
          name,
          type,
          brand?.name ?? frame.manager.organization.name,
          (teams ?? [])
            .filter(({ id }) => id !== team.id)
            .map(({ name: other }) => other)
            .join(', ') || '–',
          creator?.name ?? '–',
          assignees.map(({ name: assignee }) => assignee).join(', ') || '–',
        ])}
      />
    </Panel>
  )
