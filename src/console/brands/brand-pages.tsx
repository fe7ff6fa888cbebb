// The pages of brands: the list, one with its people, finding somebody to give a role there, and its name.
import type { BrandRecord } from '#access/brands/brands.ts'
import type { BrandsPage as FoundBrands } from '#access/brands/search-brands.ts'
import type { Holder, HoldersPage } from '#access/people/list-holders.ts'
import type { UserPage } from '#access/people/list-users.ts'
import type { RoleRecord } from '#access/roles/roles.ts'
import type { AuditEvent } from '#audit/list-events.ts'
import { Alert, EmptyState, Table } from '#http/ui/content.tsx'
import { Actions, Field, SubmitButton } from '#http/ui/forms.tsx'
import { type CallContext, isPermitted } from '#src/context.ts'
import { EventTable } from '../audit/event-table.tsx'
import type { Manager } from '../env.ts'
import type { FormState } from '../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import type { Notice } from '../ui/notices.ts'
import { Pager, Panel, Select, Time } from '../ui/parts.tsx'
import { NameList, Source, StatusBadge } from '../ui/people.tsx'
import { PersonPicker } from '../ui/person-picker.tsx'

type Common = { ctx: CallContext; manager: Manager; notice?: Notice | undefined }

const withParams = (path: string, params: Record<string, string | undefined>): string => {
  const present = Object.entries(params).filter((entry): entry is [string, string] => (entry[1] ?? '') !== '')
  const text = new URLSearchParams(present).toString()
  return text === '' ? path : `${path}?${text}`
}

type BrandsProps = Common & { found: FoundBrands; q: string; cursor: string | undefined }

export const BrandsPage = ({ ctx, manager, notice, found, q, cursor }: BrandsProps) => {
  const mayCreate = isPermitted(ctx, 'brands.write')
  return (
    <ConsolePage
      {...{ ctx, manager, notice }}
      section="brands"
      title="Brands"
      lead="Each has members of its own; roles held in a brand count there alone."
      actions={
        mayCreate ? (
          <a class="btn btn-primary" href="/console/brands/new">
            New brand
          </a>
        ) : null
      }
    >
      <search>
        <form class="filters" method="get" action="/console/brands">
          <div class="is-search field">
            <Field name="q" label="Search" type="search" value={q} placeholder="Part of the name" isOptional />
          </div>
          <button type="submit" class="btn">
            Search
          </button>
        </form>
      </search>
      {found.items.length === 0 ? (
        <EmptyState
          title={q === '' ? 'There are no brands yet' : 'No brand is found'}
          text={
            q === ''
              ? 'A brand is a space with members of its own: a title, a market, a label.'
              : 'Take something away from what you have searched for.'
          }
        >
          {mayCreate && q === '' ? (
            <a class="btn btn-primary" href="/console/brands/new">
              New brand
            </a>
          ) : null}
        </EmptyState>
      ) : (
        <>
          <Table
            caption="Brands"
            columns={[{ label: 'Brand' }, { label: 'People', isNumeric: true }, { label: 'Roles held there' }]}
            rows={found.items.map(({ id, slug, name, people, isMore, roles }) => [
              <>
                <a href={`/console/brands/${id}`}>{name}</a>
                <div class="under">
                  <code>{slug}</code>
                </div>
              </>,
              `${people.toLocaleString('en')}${isMore ? ' or more' : ''}`,
              <NameList names={roles} empty="None yet" />,
            ])}
          />
          <Pager
            shown={found.items.length}
            total={found.total}
            next={
              found.nextCursor === null ? undefined : withParams('/console/brands', { q, cursor: found.nextCursor })
            }
            first={cursor === undefined ? undefined : withParams('/console/brands', { q })}
          />
        </>
      )}
    </ConsolePage>
  )
}

type BrandProps = Common & {
  brand: BrandRecord
  found: HoldersPage | undefined
  roles: readonly RoleRecord[]
  q: string
  role: string
  cursor: string | undefined
  events: readonly AuditEvent[]
}

export const BrandPage = (props: BrandProps) => {
  const { ctx, manager, notice, brand, events } = props
  return (
    <ConsolePage
      {...{ ctx, manager, notice }}
      section="brands"
      title={brand.name}
      lead={<code>{brand.slug}</code>}
      trail={sectionTrail('brands')}
      actions={<BrandActions ctx={ctx} brand={brand} />}
    >
      <People {...props} />
      {events.length === 0 ? null : (
        <Panel
          title="What has happened here"
          actions={
            <a class="btn btn-sm" href={`/console/audit?brand=${brand.id}`}>
              All of it
            </a>
          }
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
      <a class="btn btn-primary" href={`/console/invitations/new?brand=${brand.id}`}>
        Invite here
      </a>
    ) : null}
    {isPermitted(ctx, 'assignments.write', brand.id) ? (
      <a class="btn" href={`/console/brands/${brand.id}/give`}>
        Give somebody a role
      </a>
    ) : null}
    {isPermitted(ctx, 'users.read', brand.id) ? (
      <a class="btn" href={`/console/brands/${brand.id}/people.csv`} download={`${brand.slug}.csv`}>
        Export
      </a>
    ) : null}
    {isPermitted(ctx, 'brands.write') ? (
      <a class="btn" href={`/console/brands/${brand.id}/edit`}>
        Edit
      </a>
    ) : null}
  </>
)

const People = ({ ctx, brand, found, roles, q, role, cursor }: BrandProps) => {
  if (found === undefined) return null
  const path = `/console/brands/${brand.id}`
  const isSearched = q !== '' || role !== ''
  return (
    <Panel
      title="Who has access"
      lead={`${found.total.toLocaleString('en')} ${found.total === 1 ? 'person' : 'people'}${isSearched ? ' found' : ''}`}
    >
      <search>
        <form class="filters" method="get" action={path}>
          <div class="is-search field">
            <Field name="q" label="Search" type="search" value={q} placeholder="Name or address" isOptional />
          </div>
          <Select
            name="role"
            label="Role"
            value={role}
            empty="Any"
            options={roles.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <button type="submit" class="btn">
            Search
          </button>
        </form>
      </search>
      {found.items.length === 0 ? (
        <EmptyState
          title={isSearched ? 'Nobody is found' : 'Nobody has access yet'}
          text={
            isSearched
              ? 'Take something away from what you have searched for.'
              : 'Invite somebody here, give somebody a role here, or map a group to it.'
          }
        />
      ) : (
        <>
          <Table
            caption={`Who has access to ${brand.name}`}
            columns={[
              { label: 'Name' },
              { label: 'Role' },
              { label: 'Through' },
              { label: 'Status' },
              { label: 'Last activity' },
            ]}
            rows={found.items.map((holder) => rowOf(ctx, holder, brand))}
          />
          <Pager
            shown={found.items.length}
            total={found.total}
            next={found.nextCursor === null ? undefined : withParams(path, { q, role, cursor: found.nextCursor })}
            first={cursor === undefined ? undefined : withParams(path, { q, role })}
          />
        </>
      )}
    </Panel>
  )
}

function rowOf(ctx: CallContext, { user, holdings }: Holder, brand: BrandRecord) {
  const roles = [...new Map(holdings.map(({ role }) => [role.id, role])).values()]
  const mayChange = isPermitted(ctx, 'assignments.write', brand.id)
  return [
    <>
      <a href={`/console/users/${user.id}`}>{user.displayName ?? user.userName}</a>
      <div class="under">{user.email ?? user.userName}</div>
    </>,
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

type GiveProps = Common & { brand: BrandRecord; q: string; found: UserPage | undefined }

export const BrandGivePage = ({ ctx, manager, brand, q, found }: GiveProps) => (
  <ConsolePage
    {...{ ctx, manager }}
    section="brands"
    title={`Give somebody a role in ${brand.name}`}
    lead={
      isPermitted(ctx, 'users.read')
        ? 'Find the person first. Whoever is not here yet is invited instead.'
        : 'Find the person among those who are in your brands. Everybody else is invited by their address.'
    }
    trail={[...sectionTrail('brands'), { label: brand.name, href: `/console/brands/${brand.id}` }]}
    actions={
      isPermitted(ctx, 'invitations.write', brand.id) ? (
        <a class="btn" href={`/console/invitations/new?brand=${brand.id}`}>
          Invite instead
        </a>
      ) : null
    }
  >
    <PersonPicker
      action={`/console/brands/${brand.id}/give`}
      q={q}
      found={found?.items ?? []}
      total={found?.total ?? 0}
      choose={(user) => (
        <a class="btn btn-sm" href={`/console/users/${user.id}/give?brand=${brand.id}`}>
          Choose<span class="visually-hidden"> {user.displayName ?? user.userName}</span>
        </a>
      )}
    />
  </ConsolePage>
)

type FormPageProps = Common & { brand: BrandRecord | undefined; state: FormState }

export const BrandFormPage = ({ ctx, manager, brand, state: { values, errors, message } }: FormPageProps) => {
  const path = brand === undefined ? '/console/brands' : `/console/brands/${brand.id}`
  return (
    <ConsolePage
      {...{ ctx, manager }}
      section="brands"
      title={brand === undefined ? 'New brand' : `Edit ${brand.name}`}
      trail={[
        ...sectionTrail('brands'),
        ...(brand === undefined ? [] : [{ label: brand.name, href: `/console/brands/${brand.id}` }]),
      ]}
    >
      <form method="post" action={path} class="panel">
        {message === undefined ? null : <Alert kind="danger" title={message} />}
        <Field name="name" label="Name" value={values['name']} error={errors['name']} maxlength={200} />
        <Field
          name="slug"
          label="Short name"
          value={values['slug']}
          error={errors['slug']}
          hint="What applications and patterns of group names call it: lower-case letters, digits and hyphens."
          maxlength={63}
        />
        <Actions>
          <SubmitButton label={brand === undefined ? 'Create the brand' : 'Save'} />
          <a class="btn" href={path}>
            Cancel
          </a>
        </Actions>
      </form>
      {brand === undefined ? null : (
        <Panel title="Delete the brand" lead="Its mappings and everything that was given in it go with it, at once.">
          <form method="post" action={`${path}/delete`}>
            <Field
              name="proof"
              label={`Type ${brand.slug} to confirm`}
              value={values['proof']}
              error={errors['proof']}
              autocomplete="off"
            />
            <SubmitButton label="Delete the brand" kind="danger" />
          </form>
        </Panel>
      )}
    </ConsolePage>
  )
}
