// One role: who holds it, through what, and what it allows.
import type { CatalogueEntry } from '#access/decisions/catalogue.ts'
import type { MappingRecord } from '#access/grants/mappings/mappings.ts'
import type { RoleUse } from '#access/grants/roles/role-uses.ts'
import type { RoleRecord } from '#access/grants/roles/roles.ts'
import type { HoldersPage } from '#access/people/list-holders.ts'
import { LinkButton, PrimaryLink } from '#http/ui/buttons.tsx'
import { EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { ButtonForm, Panel } from '../ui/parts.tsx'
import { Source, StatusBadge, UserName } from '../ui/people.tsx'
import { PermissionMatrix, specialPermissions } from './permission-matrix.tsx'
import { Uses } from './roles-page.tsx'

export type RolePageProps = {
  frame: Frame
  role: RoleRecord
  use: RoleUse | undefined
  catalogue: readonly CatalogueEntry[]
  mappings: readonly MappingRecord[]
  /** The first few; undefined for whoever may not look. */
  holders: HoldersPage | undefined
}

export const RolePage = ({ frame, role, use, catalogue, mappings, holders }: RolePageProps) => {
  const mayWrite = isPermitted(frame.ctx, 'roles.write')
  const special = [
    ...specialPermissions(role.allows, catalogue),
    ...specialPermissions(role.denies, catalogue).map((each) => `not ${each}`),
  ]
  return (
    <ConsolePage
      frame={frame}
      section="roles"
      title={role.name}
      lead={role.purpose}
      trail={sectionTrail('roles')}
      actions={
        mayWrite ? (
          <>
            {role.isBuiltIn ? null : <PrimaryLink href={`/console/roles/${role.id}/edit`}>Edit</PrimaryLink>}
            <LinkButton href={`/console/roles/new?from=${role.id}`}>Clone</LinkButton>
          </>
        ) : null
      }
    >
      <Facts
        facts={[
          { term: 'Key', value: <code>{role.key}</code> },
          {
            term: 'Kind',
            value: role.isBuiltIn ? `Ready-made, from a pack; clone it to change it` : 'Custom',
          },
          { term: 'Rank', value: role.rank },
          ...(role.isBuiltIn
            ? []
            : [
                { term: 'Owner', value: role.owner ?? 'Nobody is named' },
                { term: 'Review on', value: <Time at={role.reviewAt} empty="No date" /> },
              ]),
          { term: 'Given by', value: <Uses use={use} /> },
        ]}
      />
      {holders === undefined ? null : <Holders {...{ role, holders }} organization={frame.manager.organization.name} />}
      <h2>Given through mappings</h2>
      {mappings.length === 0 ? (
        <EmptyState title="No group gives this role" text="A mapping gives it to all members of a group at once.">
          {isPermitted(frame.ctx, 'mappings.write') ? (
            <LinkButton href={`/console/mappings/new?role=${role.id}`}>Map a group to it</LinkButton>
          ) : null}
        </EmptyState>
      ) : (
        <Table
          caption="Mappings to this role"
          columns={['Group or filter', 'Where']}
          rows={mappings.map(({ group, filter, brand }) => [
            group === null ? <code>{filter}</code> : <a href={`/console/groups/${group.id}`}>{group.displayName}</a>,
            brand === null ? frame.manager.organization.name : <a href={`/console/brands/${brand.id}`}>{brand.name}</a>,
          ])}
        />
      )}
      <h2>What it allows</h2>
      <PermissionMatrix caption={`Permissions of ${role.name}`} catalogue={catalogue} roles={[role]} />
      {special.length === 0 ? null : <p class="lead-sentence">Also: {special.join(', ')}</p>}
      {!mayWrite || role.isBuiltIn || use !== undefined ? null : (
        <Panel title="Delete this role" lead="Nothing gives it, so nobody loses anything.">
          <ButtonForm action={`/console/roles/${role.id}/delete`} label="Delete the role" kind="btn-danger" />
        </Panel>
      )}
    </ConsolePage>
  )
}

type HoldersProps = { role: RoleRecord; holders: HoldersPage; organization: string }

const Holders = ({ role, holders: { items, total }, organization }: HoldersProps) => (
  <>
    <h2>Who holds it</h2>
    {items.length === 0 ? (
      <EmptyState title="Nobody holds it yet" text="Map a group to it, or give it to somebody on their page." />
    ) : (
      <>
        <Table
          caption={`Who holds ${role.name}`}
          columns={['Name', 'Where and through what', 'Status']}
          rows={items.map(({ user, holdings }) => [
            <UserName user={user} />,
            <ul class="source-list">
              {holdings.map(({ brand, source }) => (
                <li>
                  {brand?.name ?? organization}
                  <Source source={source} />
                </li>
              ))}
            </ul>,
            <StatusBadge status={user.status} />,
          ])}
        />
        {total <= items.length ? null : (
          <p class="after-table">
            <a href={`/console/users?role=${role.id}`}>All {total.toLocaleString('en')} people</a>
          </p>
        )}
      </>
    )}
  </>
)
