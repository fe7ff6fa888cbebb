// One group: its members, and what they get through it.
import type { UserPage } from '#access/people/list-users.ts'
import type { GroupMapping, ListedGroup } from '#access/people/search-groups.ts'
import type { GroupMember } from '#directory/groups.ts'
import { LinkButton, PrimaryLink } from '#http/ui/buttons.tsx'
import { Alert, Facts, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import { counted } from '#words/counts.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { ButtonForm, Pager, Panel } from '../ui/parts.tsx'
import { UserPicker } from '../ui/user-picker.tsx'
import { sourceOf } from './group-source.ts'

type GroupProps = {
  frame: Frame
  group: ListedGroup
  mappings: readonly GroupMapping[]
  page: { members: readonly GroupMember[]; after: string | undefined; hasMore: boolean }
  q: string
  found: UserPage | undefined
  mayChange: boolean
}

export const GroupPage = ({ frame, group, mappings, page, q, found, mayChange }: GroupProps) => (
  <ConsolePage
    frame={frame}
    section="groups"
    title={group.displayName}
    trail={sectionTrail('groups')}
    actions={
      <>
        {isPermitted(frame.ctx, 'mappings.write') ? (
          <PrimaryLink href={`/console/mappings/new?group=${group.id}`}>Map it to a role</PrimaryLink>
        ) : null}
        {mayChange ? <LinkButton href={`/console/groups/${group.id}/edit`}>Rename</LinkButton> : null}
      </>
    }
  >
    <div class="panel">
      <Facts
        facts={[
          { term: 'Source', value: sourceOf(group) },
          { term: 'Members', value: memberWords(group) },
          ...(group.externalId === null ? [] : [{ term: 'Id there', value: <code>{group.externalId}</code> }]),
          { term: 'Changed', value: <Time at={group.updatedAt} /> },
        ]}
      />
    </div>
    {group.namesakes === 0 ? null : (
      <Alert kind="warning" title={`${counted(group.namesakes, 'other group has', 'other groups have')} the same name`}>
        Look at the source, and at the id there, before you map one of them.
      </Alert>
    )}
    <GivesPanel {...{ mappings, frame }} />
    <MembersPanel {...{ group, page, mayChange }} />
    {mayChange ? <AddPanel {...{ group, q, found }} /> : null}
    {mayChange ? (
      <Panel title="Delete the group" lead="Its memberships and mappings go with it; people lose what it gave them.">
        <ButtonForm
          action={`/console/groups/${group.id}/delete`}
          label={`Delete ${group.displayName}`}
          kind="btn-danger"
        />
      </Panel>
    ) : null}
  </ConsolePage>
)

const memberWords = ({ people, groups }: ListedGroup): string =>
  [`${counted(people, 'person', 'people')}`, ...(groups === 0 ? [] : [`${counted(groups, 'group')}`])].join(' and ')

const GivesPanel = ({ mappings, frame }: Pick<GroupProps, 'mappings' | 'frame'>) => (
  <Panel title="What its members get">
    {mappings.length === 0 ? (
      <p class="text-secondary">Nothing: neither this group nor one that it is in is mapped to a role.</p>
    ) : (
      <Table
        caption="Roles through this group"
        columns={['Role', 'Where', 'Through']}
        rows={mappings.map(({ role, brand, through }) => [
          <a href={`/console/roles/${role.id}`}>{role.name}</a>,
          brand === null ? frame.manager.organization.name : <a href={`/console/brands/${brand.id}`}>{brand.name}</a>,
          through === null ? (
            'This group'
          ) : (
            <>
              It is in <a href={`/console/groups/${through.id}`}>{through.displayName}</a>
            </>
          ),
        ])}
      />
    )}
  </Panel>
)

const MembersPanel = ({ group, page, mayChange }: Pick<GroupProps, 'group' | 'page' | 'mayChange'>) => {
  const { members, after, hasMore } = page
  const last = members.at(-1)
  const href = `/console/groups/${group.id}`
  return (
    <Panel
      title="Members"
      lead={
        mayChange
          ? undefined
          : group.directory === null
            ? 'They come and go with what their sign-ins say.'
            : `They are kept by ${group.directory.name} and changed there.`
      }
    >
      {members.length === 0 ? (
        <p class="text-secondary">Nobody is in it.</p>
      ) : (
        <>
          <Table
            caption={`Members of ${group.displayName}`}
            columns={['Name', 'Kind', ...(mayChange ? [{ label: 'Remove', isSilent: true }] : [])]}
            rows={members.map(({ id, type, display }) => [
              <a href={`/console/${type === 'User' ? 'users' : 'groups'}/${id}`}>{display}</a>,
              type === 'User' ? 'Person' : 'Group',
              ...(mayChange
                ? [
                    <ButtonForm
                      action={`${href}/members/remove`}
                      kind="btn-sm"
                      fields={{ member: id, name: display }}
                      label={
                        <>
                          Remove<span class="visually-hidden"> {display}</span>
                        </>
                      }
                    />,
                  ]
                : []),
            ])}
          />
          <Pager
            shown={members.length}
            total={group.people + group.groups}
            next={hasMore && last !== undefined ? `${href}?after=${last.id}` : undefined}
            first={after === undefined ? undefined : href}
          />
        </>
      )}
    </Panel>
  )
}

const AddPanel = ({ group, q, found }: Pick<GroupProps, 'group' | 'q' | 'found'>) => (
  <Panel title="Add somebody" lead="They get what the group gives, at once.">
    <UserPicker
      action={`/console/groups/${group.id}`}
      q={q}
      found={found?.items ?? []}
      total={found?.total ?? 0}
      choose={(user) =>
        user.groups.some(({ id }) => id === group.id) ? (
          <span class="text-secondary">Is in it</span>
        ) : (
          <ButtonForm
            action={`/console/groups/${group.id}/members`}
            kind="btn-sm"
            fields={{ member: user.id }}
            label={
              <>
                Add<span class="visually-hidden"> {user.displayName ?? user.userName}</span>
              </>
            }
          />
        )
      }
    />
  </Panel>
)
