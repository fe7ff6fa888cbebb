// The list of groups.

import type { GroupsPage as FoundGroups } from '#access/people/search-groups.ts'
import { LinkButton } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { isPermitted } from '#src/context.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Found, Search } from '../ui/list.tsx'
import { Badge, Select } from '../ui/parts.tsx'
import { sourceOf } from './group-source.ts'

type GroupsProps = {
  frame: Frame
  found: FoundGroups
  q: string
  source: string
  cursor: string | undefined
  directories: readonly { id: string; name: string }[]
}

export const GroupsPage = ({ frame, found, q, source, cursor, directories }: GroupsProps) => (
  <ConsolePage
    frame={frame}
    section="groups"
    title="Groups"
    lead="People come in groups; mappings turn groups into roles and memberships of brands."
    actions={
      isPermitted(frame.ctx, 'groups.write') ? <LinkButton href="/console/groups/new">New group</LinkButton> : null
    }
  >
    <Search action="/console/groups" q={q} placeholder="Part of the name" isPrimary>
      <Select
        name="source"
        label="Source"
        value={source}
        empty="Any"
        options={[
          { value: 'local', label: 'Made here, or by sign-ins' },
          ...directories.map(({ id, name }) => ({ value: id, label: `Directory ${name}` })),
        ]}
      />
    </Search>
    <Found
      path="/console/groups"
      query={{ q, source }}
      isFirst={cursor === undefined}
      found={found}
      empty={
        <EmptyState
          title={q === '' && source === '' ? 'There are no groups yet' : 'No groups match'}
          text={
            q === '' && source === ''
              ? 'They come with the identity provider: assign groups to the application there, and push them.'
              : 'Try fewer filters.'
          }
        />
      }
    >
      <Table
        caption="Groups"
        columns={[
          'Group',
          'Source',
          { label: 'People', isNumeric: true },
          { label: 'Groups inside', isNumeric: true },
          { label: 'Mappings', isNumeric: true },
        ]}
        rows={found.items.map((group) => [
          <>
            <a href={`/console/groups/${group.id}`}>{group.displayName}</a>
            {group.namesakes === 0 ? null : <Badge tone="warning">Same name</Badge>}
          </>,
          sourceOf(group),
          group.people.toLocaleString('en'),
          group.groups === 0 ? '–' : group.groups.toLocaleString('en'),
          group.mappings === 0 ? <Badge tone="quiet">Not mapped</Badge> : group.mappings.toLocaleString('en'),
        ])}
      />
    </Found>
  </ConsolePage>
)
