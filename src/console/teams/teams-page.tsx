// The list of teams.
import { type ListedTeam, mostCounted } from '#access/grants/teams/teams.ts'
import { PrimaryLink } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { brandsPermitted } from '#src/context.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Found, Search } from '../ui/list.tsx'
import { namedOptions, Select } from '../ui/parts.tsx'
import { NameList } from '../ui/people.tsx'

type TeamsProps = {
  frame: Frame
  found: { items: ListedTeam[]; total: number; nextCursor: string | null }
  q: string
  brand: string
  cursor: string | undefined
  brands: readonly { id: string; name: string }[]
}

export const TeamsPage = ({ frame, found, q, brand, cursor, brands }: TeamsProps) => (
  <ConsolePage
    frame={frame}
    section="teams"
    title="Teams"
    lead="People who work together: they hold roles together, and assets can be kept for them."
    actions={
      brandsPermitted(frame.ctx, 'teams.write').length > 0 ? (
        <PrimaryLink href="/console/teams/new">New team</PrimaryLink>
      ) : null
    }
  >
    <Search action="/console/teams" q={q} placeholder="Part of the name">
      <Select
        name="brand"
        label="Of"
        value={brand}
        empty="Anywhere"
        options={[
          { value: 'organization', label: `${frame.manager.organization.name} (the organization)` },
          ...namedOptions(brands),
        ]}
      />
    </Search>
    <Found
      path="/console/teams"
      query={{ q, brand }}
      isFirst={cursor === undefined}
      found={found}
      empty={
        q === '' && brand === '' ? (
          <EmptyState title="There are no teams yet" text="A team is filled by hand, by a group or by a filter." />
        ) : (
          <EmptyState title="No teams match" text="Try fewer filters." />
        )
      }
    >
      <Table
        caption="Teams"
        columns={['Team', 'Of', 'Leader', { label: 'People', isNumeric: true }, 'Roles']}
        rows={found.items.map((team) => [
          <>
            <a href={`/console/teams/${team.id}`}>{team.name}</a>
            {team.parent === null ? null : <div class="under">within {team.parent.name}</div>}
          </>,
          team.brand?.name ?? frame.manager.organization.name,
          team.leader?.name ?? '–',
          team.people >= mostCounted ? `${mostCounted}+` : team.people.toLocaleString('en'),
          <NameList
            names={team.roles.map(({ id, name, brand: where }) => ({
              id,
              name: where === null ? name : `${name} in ${where}`,
            }))}
          />,
        ])}
      />
    </Found>
  </ConsolePage>
)
