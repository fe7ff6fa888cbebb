// The pages of roles: all of them with what they allow, and one with who gets it.
import type { CatalogueEntry } from '#access/decisions/catalogue.ts'
import type { MappingRecord } from '#access/mappings/mappings.ts'
import type { RolePack } from '#access/roles/role-packs.ts'
import type { RoleUse } from '#access/roles/role-uses.ts'
import type { RoleRecord } from '#access/roles/roles.ts'
import { EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { type CallContext, isPermitted } from '#src/context.ts'
import type { Manager } from '../env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import type { Notice } from '../ui/notices.ts'
import { Badge, ButtonForm, Panel, Time } from '../ui/parts.tsx'
import { PermissionMatrix, specialPermissions } from './permission-matrix.tsx'

type Common = { ctx: CallContext; manager: Manager; notice?: Notice | undefined }

export type RoleListProps = Common & {
  roles: readonly RoleRecord[]
  uses: ReadonlyMap<string, RoleUse>
  catalogue: readonly CatalogueEntry[]
  packs: readonly (RolePack & { isInstalled: boolean })[]
}

export const RoleListPage = ({ ctx, manager, notice, roles, uses, catalogue, packs }: RoleListProps) => {
  const mayWrite = isPermitted(ctx, 'roles.write')
  const missing = packs.filter(({ isInstalled }) => !isInstalled)
  return (
    <ConsolePage
      {...{ ctx, manager, notice }}
      section="roles"
      title="Roles"
      lead="Named sets of permissions. People get them through mappings of their groups, or directly."
      actions={
        mayWrite ? (
          <a class="btn btn-primary" href="/console/roles/new">
            New role
          </a>
        ) : null
      }
    >
      <Table
        caption="Roles"
        columns={[{ label: 'Role' }, { label: 'Kind' }, { label: 'Rank', isNumeric: true }, { label: 'Given by' }]}
        rows={roles.map((role) => [
          <>
            <a href={`/console/roles/${role.id}`}>{role.name}</a>
            <div class="under">{role.purpose}</div>
          </>,
          role.isBuiltIn ? <Badge tone="quiet">{`Pack ${role.pack}`}</Badge> : <Badge tone="info">Custom</Badge>,
          role.rank,
          <Uses use={uses.get(role.id)} />,
        ])}
      />
      <h2>What each role allows</h2>
      <PermissionMatrix caption="Permissions of the roles" catalogue={catalogue} roles={roles} />
      {!mayWrite || missing.length === 0 ? null : (
        <Panel title="Role packs" lead="Ready-made sets. Installing one adds its roles; nobody gets them by that.">
          <Table
            caption="Role packs that can be installed"
            columns={[{ label: 'Pack' }, { label: 'Roles' }, { label: 'Actions', isSilent: true }]}
            rows={missing.map(({ key, name, roles: packed }) => [
              <>
                {name}
                <div class="under">
                  <code>{key}</code>
                </div>
              </>,
              packed.map((role) => role.name).join(', '),
              <ButtonForm
                action="/console/roles/packs"
                label={
                  <>
                    Install<span class="visually-hidden"> {key}</span>
                  </>
                }
                kind="btn-sm"
                fields={{ pack: key }}
              />,
            ])}
          />
        </Panel>
      )}
    </ConsolePage>
  )
}

const Uses = ({ use }: { use: RoleUse | undefined }) => {
  if (use === undefined) return <span class="text-secondary">Nothing yet</span>
  const { mappings, assignments } = use
  const words = [
    ...(mappings === 0 ? [] : [`${mappings} ${mappings === 1 ? 'mapping' : 'mappings'}`]),
    ...(assignments === 0 ? [] : [`${assignments} direct`]),
  ]
  return <span>{words.join(', ')}</span>
}

export type RolePageProps = Common & {
  role: RoleRecord
  use: RoleUse | undefined
  catalogue: readonly CatalogueEntry[]
  mappings: readonly MappingRecord[]
}

export const RolePage = ({ ctx, manager, notice, role, use, catalogue, mappings }: RolePageProps) => {
  const mayWrite = isPermitted(ctx, 'roles.write')
  const special = [
    ...specialPermissions(role.allows, catalogue),
    ...specialPermissions(role.denies, catalogue).map((each) => `not ${each}`),
  ]
  return (
    <ConsolePage
      {...{ ctx, manager, notice }}
      section="roles"
      title={role.name}
      lead={role.purpose}
      trail={sectionTrail('roles')}
      actions={
        mayWrite ? (
          <>
            {role.isBuiltIn ? null : (
              <a class="btn btn-primary" href={`/console/roles/${role.id}/edit`}>
                Edit
              </a>
            )}
            <a class="btn" href={`/console/roles/new?from=${role.id}`}>
              Clone
            </a>
            <a class="btn" href={`/console/users?role=${role.id}`}>
              Who holds it
            </a>
          </>
        ) : null
      }
    >
      <Facts
        facts={[
          { term: 'Key', value: <code>{role.key}</code> },
          {
            term: 'Kind',
            value: role.isBuiltIn ? `Built-in, from the pack ${role.pack}; clone it to change it` : 'Custom',
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
      <h2>Given through mappings</h2>
      {mappings.length === 0 ? (
        <EmptyState title="No group gives this role" text="A mapping gives it to all members of a group at once.">
          {isPermitted(ctx, 'mappings.write') ? (
            <a class="btn" href={`/console/mappings/new?role=${role.id}`}>
              Map a group to it
            </a>
          ) : null}
        </EmptyState>
      ) : (
        <Table
          caption="Mappings to this role"
          columns={[{ label: 'Group or filter' }, { label: 'Where' }]}
          rows={mappings.map(({ group, filter, brand }) => [
            group === null ? <code>{filter}</code> : <a href={`/console/groups/${group.id}`}>{group.displayName}</a>,
            brand === null ? manager.organization.name : <a href={`/console/brands/${brand.id}`}>{brand.name}</a>,
          ])}
        />
      )}
      <h2>What it allows</h2>
      <PermissionMatrix caption={`Permissions of ${role.name}`} catalogue={catalogue} roles={[role]} />
      {special.length === 0 ? null : <p class="lead-sentence">Besides: {special.join(', ')}</p>}
      {!mayWrite || role.isBuiltIn || use !== undefined ? null : (
        <Panel title="Delete this role" lead="Nothing gives it, so nobody loses anything.">
          <ButtonForm action={`/console/roles/${role.id}/delete`} label="Delete the role" kind="btn-danger" />
        </Panel>
      )}
    </ConsolePage>
  )
}
