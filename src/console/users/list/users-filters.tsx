// By what users are searched, and which columns are shown.
import { LinkButton } from '#http/ui/buttons.tsx'
import { Check } from '#http/ui/forms.tsx'
import { Search } from '../../ui/list.tsx'
import { Select } from '../../ui/parts.tsx'
import { activities, type ColumnKey, columns, isNarrowed, type UsersQuery, usersHref } from './users-query.ts'

export type Option = { value: string; label: string }

export type FilterOptions = { roles: readonly Option[]; brands: readonly Option[]; sources: readonly Option[] }

export const Filters = ({ query, options }: { query: UsersQuery; options: FilterOptions }) => (
  <Search
    action="/console/users"
    q={query.q}
    placeholder="Name or address"
    isPrimary
    last={
      <>
        {isNarrowed(query) ? <LinkButton href={usersHref(query, nothingWanted)}>Show everybody</LinkButton> : null}
        <details class="more-filters">
          <summary>Columns</summary>
          <fieldset class="choices">
            <legend class="visually-hidden">Columns</legend>
            {Object.entries(columns).map(([key, label]) => (
              <Check name="columns" value={key} label={label} isChecked={query.columns.includes(key as ColumnKey)} />
            ))}
          </fieldset>
        </details>
      </>
    }
  >
    <Select
      name="status"
      label="Status"
      value={query.status}
      empty="Any"
      options={[
        { value: 'active', label: 'Active' },
        { value: 'invited', label: 'Pending' },
        { value: 'inactive', label: 'Inactive' },
      ]}
    />
    <Select name="role" label="Role" value={query.role} empty="Any" options={options.roles} />
    <Select name="brand" label="Brand" value={query.brand} empty="Any" options={options.brands} />
    <Select name="source" label="Source" value={query.source} empty="Any" options={options.sources} />
    <Select
      name="activity"
      label="Activity"
      value={query.activity}
      empty="Any"
      options={Object.entries(activities).map(([value, label]) => ({ value, label }))}
    />
    <KeptOrder query={query} />
  </Search>
)

export const nothingWanted: Partial<UsersQuery> = {
  ...{ q: '', status: '', role: '', brand: '', source: '', activity: '' },
  ...{ isEnding: false, isAll: false, chosen: [] },
}

const KeptOrder = ({ query: { order, isEnding } }: { query: UsersQuery }) => (
  <>
    <input type="hidden" name="sort" value={order.sort} />
    <input type="hidden" name="direction" value={order.direction} />
    {isEnding ? <input type="hidden" name="ending" value="1" /> : null}
  </>
)
