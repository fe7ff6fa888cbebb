// The pages of groups: the list, one with its members and what it is mapped to, and the name of a local one.
import type { UserPage } from '#access/people/list-users.ts'
import type { GroupsPage as FoundGroups, GroupMapping, ListedGroup } from '#access/people/search-groups.ts'
import type { GroupMember } from '#directory/groups.ts'
import { Alert, EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { Actions, Field, SubmitButton } from '#http/ui/forms.tsx'
import { type CallContext, isPermitted } from '#src/context.ts'
import type { Manager } from '../env.ts'
import type { FormState } from '../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import type { Notice } from '../ui/notices.ts'
import { Badge, ButtonForm, Pager, Panel, Select, Time } from '../ui/parts.tsx'
import { PersonPicker } from '../ui/person-picker.tsx'

type Common = { ctx: CallContext; manager: Manager; notice?: Notice | undefined }

type GroupsProps = Common & {
  found: FoundGroups
  q: string
  source: string
  cursor: string | undefined
  directories: readonly { id: string; name: string }[]
}

const hrefOf = (params: Record<string, string | undefined>): string => {
  const present = Object.entries(params).filter((entry): entry is [string, string] => (entry[1] ?? '') !== '')
  const text = new URLSearchParams(present).toString()
  return text === '' ? '/console/groups' : `/console/groups?${text}`
}

export const GroupsPage = ({ ctx, manager, notice, found, q, source, cursor, directories }: GroupsProps) => (
  <ConsolePage
    {...{ ctx, manager, notice }}
    section="groups"
    title="Groups"
    lead="People come in groups; mappings turn groups into roles and memberships of brands."
    actions={
      isPermitted(ctx, 'groups.write') ? (
        <a class="btn" href="/console/groups/new">
          New group
        </a>
      ) : null
    }
  >
    <search>
      <form class="filters" method="get" action="/console/groups">
        <div class="is-search field">
          <Field name="q" label="Search" type="search" value={q} placeholder="Part of the name" isOptional />
        </div>
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
        <button type="submit" class="btn btn-primary">
          Search
        </button>
      </form>
    </search>
    {found.items.length === 0 ? (
      <EmptyState
        title={q === '' && source === '' ? 'There are no groups yet' : 'No group is found'}
        text={
          q === '' && source === ''
            ? 'They come with the identity provider: assign groups to the application there, and push them.'
            : 'Take something away from what you have searched for.'
        }
      />
    ) : (
      <>
        <Table
          caption="Groups"
          columns={[
            { label: 'Group' },
            { label: 'Source' },
            { label: 'People', isNumeric: true },
            { label: 'Groups inside', isNumeric: true },
            { label: 'Mappings', isNumeric: true },
          ]}
          rows={found.items.map((group) => [
            <a href={`/console/groups/${group.id}`}>{group.displayName}</a>,
            sourceOf(group),
            group.people.toLocaleString('en'),
            group.groups === 0 ? '–' : group.groups.toLocaleString('en'),
            group.mappings === 0 ? <Badge tone="quiet">Not mapped</Badge> : group.mappings.toLocaleString('en'),
          ])}
        />
        <Pager
          shown={found.items.length}
          total={found.total}
          next={found.nextCursor === null ? undefined : hrefOf({ q, source, cursor: found.nextCursor })}
          first={cursor === undefined ? undefined : hrefOf({ q, source })}
        />
      </>
    )}
  </ConsolePage>
)

const sourceOf = ({ directory, connection }: ListedGroup): string => {
  if (directory !== null) return directory.name
  return connection === null ? 'Made here' : `Sign-ins through ${connection.name}`
}

type GroupProps = Common & {
  group: ListedGroup
  mappings: readonly GroupMapping[]
  page: { members: readonly GroupMember[]; after: string | undefined; hasMore: boolean }
  q: string
  found: UserPage | undefined
  mayChange: boolean
}

export const GroupPage = ({ ctx, manager, notice, group, mappings, page, q, found, mayChange }: GroupProps) => (
  <ConsolePage
    {...{ ctx, manager, notice }}
    section="groups"
    title={group.displayName}
    trail={sectionTrail('groups')}
    actions={
      <>
        {isPermitted(ctx, 'mappings.write') ? (
          <a class="btn btn-primary" href={`/console/mappings/new?group=${group.id}`}>
            Map it to a role
          </a>
        ) : null}
        {mayChange ? (
          <a class="btn" href={`/console/groups/${group.id}/edit`}>
            Rename
          </a>
        ) : null}
      </>
    }
  >
    <div class="card">
      <Facts
        facts={[
          { term: 'Source', value: sourceOf(group) },
          { term: 'Members', value: memberWords(group) },
          ...(group.externalId === null ? [] : [{ term: 'Id there', value: <code>{group.externalId}</code> }]),
          { term: 'Changed', value: <Time at={group.updatedAt} /> },
        ]}
      />
    </div>
    <GivesPanel {...{ mappings, manager }} />
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
  [
    `${people.toLocaleString('en')} ${people === 1 ? 'person' : 'people'}`,
    ...(groups === 0 ? [] : [`${groups.toLocaleString('en')} ${groups === 1 ? 'group' : 'groups'}`]),
  ].join(' and ')

const GivesPanel = ({ mappings, manager }: Pick<GroupProps, 'mappings' | 'manager'>) => (
  <Panel title="What its members get">
    {mappings.length === 0 ? (
      <p class="text-secondary">Nothing: neither this group nor one that it is in is mapped to a role.</p>
    ) : (
      <Table
        caption="What its members get"
        columns={[{ label: 'Role' }, { label: 'Where' }, { label: 'Through' }]}
        rows={mappings.map(({ role, brand, through }) => [
          <a href={`/console/roles/${role.id}`}>{role.name}</a>,
          brand === null ? manager.organization.name : <a href={`/console/brands/${brand.id}`}>{brand.name}</a>,
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
            columns={[
              { label: 'Name' },
              { label: 'Kind' },
              ...(mayChange ? [{ label: 'Remove', isSilent: true }] : []),
            ]}
            rows={members.map(({ id, type, display }) => [
              <a href={`/console/${type === 'User' ? 'users' : 'groups'}/${id}`}>{display}</a>,
              type === 'User' ? 'Person' : 'Group',
              ...(mayChange
                ? [
                    <ButtonForm
                      action={`${href}/members/remove`}
                      kind="btn-sm"
                      fields={{ member: id }}
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
    <PersonPicker
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

type FormPageProps = Common & { group: ListedGroup | undefined; state: FormState }

export const GroupFormPage = ({ ctx, manager, group, state: { values, errors, message } }: FormPageProps) => (
  <ConsolePage
    {...{ ctx, manager }}
    section="groups"
    title={group === undefined ? 'New group' : `Rename ${group.displayName}`}
    lead={
      group === undefined
        ? 'For people whom no identity provider groups the way you need. Members are added afterwards.'
        : 'Mappings stay: they are bound to the group, not to its name.'
    }
    trail={sectionTrail('groups')}
  >
    <form method="post" action={group === undefined ? '/console/groups' : `/console/groups/${group.id}`} class="panel">
      {message === undefined ? null : <Alert kind="danger" title={message} />}
      <Field
        name="displayName"
        label="Name"
        value={values['displayName']}
        error={errors['displayName']}
        maxlength={200}
      />
      <Actions>
        <SubmitButton label={group === undefined ? 'Create the group' : 'Save'} />
        <a class="btn" href={group === undefined ? '/console/groups' : `/console/groups/${group.id}`}>
          Cancel
        </a>
      </Actions>
    </form>
  </ConsolePage>
)
