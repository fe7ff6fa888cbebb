// Finding a person to do something with: a search that needs no script, and a link for each who is found.
import type { Child } from 'hono/jsx'
import type { ListedUser } from '#access/people/list-users.ts'
import { Table } from '#http/ui/content.tsx'
import { Field } from '#http/ui/forms.tsx'
import { StatusBadge, UserName } from './people.tsx'

export type UserPickerProps = {
  /** The page that it is on: the search comes back to it. */
  action: string
  q: string
  found: readonly ListedUser[]
  total: number
  /** The button or link of one person. */
  choose(user: ListedUser): Child
}

export const UserPicker = ({ action, q, found, total, choose }: UserPickerProps) => (
  <>
    <form class="filters" method="get" action={action}>
      <div class="is-search field">
        <Field name="q" label="Search people" type="search" value={q} placeholder="Name or address" isOptional />
      </div>
      <button type="submit" class="btn">
        Search
      </button>
    </form>
    {q === '' ? null : found.length === 0 ? (
      <p class="text-secondary">No users match.</p>
    ) : (
      <>
        <Table
          caption="People who are found"
          columns={['Name', 'Status', { label: 'Choose', isSilent: true }]}
          rows={found.map((user) => [
            <UserName user={user} isLink={false} />,
            <StatusBadge status={user.status} />,
            choose(user),
          ])}
        />
        {total > found.length ? (
          <p class="field-hint">
            The first {found.length} of {total.toLocaleString('en')}; type more of the name.
          </p>
        ) : null}
      </>
    )}
  </>
)
