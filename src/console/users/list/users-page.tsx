// The page of the list of users: search and filters, the table, and what can be done to those who are chosen.
import type { Child } from 'hono/jsx'
import type { ListedUser, UserPage } from '#access/people/list-users.ts'
import type { UserSort } from '#access/people/search/user-order.ts'
import { LinkButton, PrimaryLink } from '#http/ui/buttons.tsx'
import { EmptyState } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Time } from '#http/ui/time.tsx'
import { brandsPermitted, type CallContext, isPermitted } from '#src/context.ts'
import type { Frame } from '../../ui/env.ts'
import { ConsolePage } from '../../ui/frame.tsx'
import { type ListColumn, ListTable } from '../../ui/list-table.tsx'
import { Pager } from '../../ui/parts.tsx'
import { NameList, Status, UserName } from '../../ui/people.tsx'
import { type FilterOptions, Filters, nothingWanted, type Option } from './users-filters.tsx'
import { type ColumnKey, columns, isNarrowed, maxChosen, queryText, type UsersQuery, usersHref } from './users-query.ts'

export type UsersPageProps = {
  frame: Frame
  query: UsersQuery
  found: UserPage
  options: FilterOptions
}

/** Who may do something to many. */
const mayAct = (ctx: CallContext): boolean =>
  isPermitted(ctx, 'users.write') || brandsPermitted(ctx, 'assignments.write').length > 0

export const UsersPage = ({ frame, query, found, options }: UsersPageProps) => (
  <ConsolePage
    frame={frame}
    section="users"
    title="Users"
    lead={
      isPermitted(frame.ctx, 'users.read')
        ? 'Everybody who belongs to the organization, and what they hold.'
        : 'The people of the brands that you manage, and what they hold there.'
    }
    actions={<UsersActions ctx={frame.ctx} />}
  >
    <Filters query={query} options={options} />
    {found.items.length === 0 ? <NobodyFound {...{ frame, query }} /> : <Found {...{ frame, query, found }} />}
  </ConsolePage>
)

const UsersActions = ({ ctx }: { ctx: CallContext }) => (
  <>
    {isPermitted(ctx, 'users.read') ? <LinkButton href="/console/deleted-people">Deleted people</LinkButton> : null}
    {brandsPermitted(ctx, 'invitations.write').length === 0 ? null : (
      <PrimaryLink href="/console/invitations/new">Invite</PrimaryLink>
    )}
    {isPermitted(ctx, 'users.write') && isPermitted(ctx, 'accounts.write') ? (
      <LinkButton href="/console/users/new">Create a user</LinkButton>
    ) : null}
    {isPermitted(ctx, 'users.read') ? <LinkButton href="/console/users/absences">Absences</LinkButton> : null}
    {isPermitted(ctx, 'sign_ins.read') ? (
      <LinkButton href="/console/users/sign-in-help">Somebody cannot sign in</LinkButton>
    ) : null}
  </>
)

const NobodyFound = ({ query, frame }: Pick<UsersPageProps, 'query' | 'frame'>) =>
  isNarrowed(query) ? (
    <EmptyState title="No users match" text="Try fewer filters.">
      <LinkButton href={usersHref(query, nothingWanted)}>Show everybody</LinkButton>
    </EmptyState>
  ) : (
    <EmptyState
      title="Nobody is here yet"
      text="People come by themselves once an identity provider is connected, or you invite them."
    >
      <UsersActions ctx={frame.ctx} />
    </EmptyState>
  )

type Sorted = { key: string; label: string; sort?: UserSort }

const Found = ({ frame, query, found }: Pick<UsersPageProps, 'frame' | 'query' | 'found'>) => {
  const { items, total, nextCursor } = found
  const canChoose = mayAct(frame.ctx)
  const isChosen = (id: string): boolean => query.chosen.includes(id) !== query.isAll
  const rows = items.map((user) => ({
    choice: canChoose
      ? { name: `user.${user.id}`, label: `Choose ${user.displayName ?? user.userName}`, isChecked: isChosen(user.id) }
      : undefined,
    cells: cellsOf(user, query.columns),
  }))
  const table = (
    <ListTable
      caption="Users"
      columns={columnsOf(query)}
      rows={rows}
      chooseAll={canChoose ? 'Choose everybody on this page' : undefined}
    />
  )
  const first = query.cursor === undefined ? undefined : usersHref(query)
  const next = nextCursor === null ? undefined : nextCursor
  if (!canChoose)
    return (
      <>
        {table}
        <Pager
          shown={items.length}
          total={total}
          next={next === undefined ? undefined : usersHref(query, { cursor: next })}
          first={first}
        />
      </>
    )
  return (
    <PostForm
      action="/console/users/choose"
      hidden={{ query: queryText(query), shown: items.map(({ id }) => id).join('.'), next: next ?? '' }}
    >
      <SelectionBar ctx={frame.ctx} {...{ query, total }} />
      {table}
      <ChoosingPager shown={items.length} total={total} hasNext={next !== undefined} hasFirst={first !== undefined} />
    </PostForm>
  )
}

/** Pages by buttons, since a link would forget the boxes. */
const ChoosingPager = (props: { shown: number; total: number; hasNext: boolean; hasFirst: boolean }) => (
  <nav class="pager" aria-label="Pages">
    <p>
      {props.shown.toLocaleString('en')} shown of {props.total.toLocaleString('en')}
    </p>
    <div class="actions">
      {props.hasFirst ? (
        <button type="submit" class="btn btn-sm" name="do" value="first">
          First page
        </button>
      ) : null}
      {props.hasNext ? (
        <button type="submit" class="btn btn-sm" name="do" value="next">
          Next page
        </button>
      ) : null}
    </div>
  </nav>
)

const SelectionBar = ({ ctx, query, total }: { ctx: CallContext; query: UsersQuery; total: number }) => {
  const { isAll, chosen } = query
  const count = isAll ? total - chosen.length : chosen.length
  return (
    <fieldset class="card selection-bar">
      <legend class="visually-hidden">What to do with those who are chosen</legend>
      <span>
        {count === 0 ? 'Choose people to change several at once' : `${count.toLocaleString('en')} chosen`}
        {isAll ? ', all that are found' : ''}
      </span>
      <div class="actions">
        {isPermitted(ctx, 'users.write') ? (
          <>
            <BulkButton value="deactivate" label="Deactivate" />
            <BulkButton value="reactivate" label="Reactivate" />
          </>
        ) : null}
        {brandsPermitted(ctx, 'assignments.write').length === 0 ? null : (
          <>
            <BulkButton value="assign" label="Give a role" />
            <BulkButton value="unassign" label="Take a role" />
          </>
        )}
      </div>
      {isAll ? null : (
        <a href={usersHref(query, { isAll: true, chosen: [], cursor: query.cursor })}>
          Choose all {total.toLocaleString('en')}
        </a>
      )}
      {count === 0 ? null : (
        <a href={usersHref(query, { isAll: false, chosen: [], cursor: query.cursor })}>Choose nobody</a>
      )}
      {chosen.length >= maxChosen ? (
        <span class="under">The selection is full. Narrow the list, then choose all of it.</span>
      ) : null}
    </fieldset>
  )
}

const BulkButton = ({ value, label }: Option) => (
  <button type="submit" class="btn btn-sm" name="do" value={value}>
    {label}
  </button>
)

const sortable: Partial<Record<ColumnKey, UserSort>> = {
  roles: 'role',
  status: 'status',
  lastActive: 'lastActive',
  created: 'created',
}

function columnsOf(query: UsersQuery): ListColumn[] {
  const shown: Sorted[] = query.columns.map((key) => {
    const sort = sortable[key]
    return { key, label: columns[key], ...(sort === undefined ? {} : { sort }) }
  })
  return [{ key: 'name', label: 'Name', sort: 'name' as const }, ...shown].map(({ label, sort }) => {
    if (sort === undefined) return { label }
    const isCurrent = query.order.sort === sort
    const isUp = query.order.direction === 'asc'
    const first = sort === 'role' || sort === 'lastActive' || sort === 'created' ? 'desc' : 'asc'
    const direction = isCurrent ? (isUp ? 'desc' : 'asc') : first
    return {
      label,
      sortHref: usersHref(query, { order: { sort, direction } }),
      sorted: isCurrent ? (isUp ? ('ascending' as const) : ('descending' as const)) : undefined,
    }
  })
}

const cellsOf = (user: ListedUser, shown: readonly ColumnKey[]): Child[] => [
  <UserName user={user} />,
  ...shown.map((key) => cells[key](user)),
]

const cells: Record<ColumnKey, (user: ListedUser) => Child> = {
  roles: ({ roles }) => <NameList names={roles} empty="None" />,
  brands: ({ brands }) =>
    brands.length <= 1 ? (
      <NameList names={brands} empty="None" />
    ) : (
      <>
        {brands.length.toLocaleString('en')}: <NameList names={brands} />
      </>
    ),
  status: ({ status, statusReason }) => <Status status={status} reason={statusReason} />,
  source: ({ directory }) => (directory === null ? 'Local' : directory.name),
  lastActive: ({ lastActiveAt }) => <Time at={lastActiveAt} empty="Never" />,
  created: ({ createdAt }) => <Time at={createdAt} />,
}
